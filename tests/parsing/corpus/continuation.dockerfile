FROM a
RUN b \
  c \
  d
USER e

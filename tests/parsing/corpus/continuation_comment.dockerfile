FROM a
RUN b && \
  # why
  c

FROM a
RUN \
  b

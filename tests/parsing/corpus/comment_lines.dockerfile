# x
FROM a
  # y
RUN b

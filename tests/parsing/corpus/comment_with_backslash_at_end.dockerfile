# x \
FROM a

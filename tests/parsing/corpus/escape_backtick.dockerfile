# escape=`
FROM a
RUN b `
  c
COPY x \
USER d

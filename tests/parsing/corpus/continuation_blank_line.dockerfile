FROM a
RUN b \

  c
USER d



FROM a


RUN b


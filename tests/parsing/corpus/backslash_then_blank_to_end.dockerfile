FROM a
RUN b \



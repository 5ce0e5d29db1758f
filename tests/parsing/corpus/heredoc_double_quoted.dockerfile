FROM a
RUN <<"E F"
b
E F
USER c

FROM a
RUN ec\
ho

FROM a
RUN echo # no comment

FROM a
RUN echo $((1<<3)) $((1 << 3))
USER c

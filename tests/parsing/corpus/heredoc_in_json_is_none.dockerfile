FROM a
RUN ["b", "<<EOF"]
USER c

FROM a
RUN b \
# USER root
USER c

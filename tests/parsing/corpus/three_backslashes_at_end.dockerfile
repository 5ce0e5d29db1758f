FROM a
RUN b \\\
USER c

FROM a
RUN cat <<<EOF
USER c

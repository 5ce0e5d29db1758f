FROM a
RUN --network=none <<EOF
USER root
EOF
USER c

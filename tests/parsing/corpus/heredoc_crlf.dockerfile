FROM a
RUN <<EOF
b
EOF
USER c

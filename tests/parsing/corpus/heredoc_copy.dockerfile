FROM a
COPY <<EOF /etc/x
USER root
EOF
USER c

FROM a
RUN python3 - <<EOF
USER root
EOF
USER c

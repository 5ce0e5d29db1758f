FROM a
RUN b && \
  cat <<EOF
USER root
EOF
USER c

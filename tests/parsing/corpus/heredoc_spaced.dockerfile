FROM a
RUN cat << EOF
y
EOF
USER c

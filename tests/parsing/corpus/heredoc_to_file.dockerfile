FROM a
RUN cat <<EOF > /x && b
y
EOF

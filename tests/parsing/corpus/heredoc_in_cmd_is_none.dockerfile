FROM a
CMD cat <<EOF
USER c

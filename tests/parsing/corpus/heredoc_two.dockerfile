FROM a
COPY <<A <<B /d/
B
A
A
B
USER c

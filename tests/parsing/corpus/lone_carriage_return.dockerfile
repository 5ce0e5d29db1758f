FROM a
RUN bUSER root

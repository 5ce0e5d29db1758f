FROM a
RUN b  USER rootUSER rootUSER rootUSER root

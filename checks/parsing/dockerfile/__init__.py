"""A Dockerfile: its instructions, stages and variables. RUN meets the shell here."""

"""The student's loop: edit, look, read. Hints, the watch, what each line does, and what this machine lacks."""

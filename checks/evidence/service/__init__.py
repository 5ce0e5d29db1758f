"""A running container: its answers and its processes, seen from outside."""

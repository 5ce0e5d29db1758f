"""A container at work: its answers and its processes, seen from outside."""

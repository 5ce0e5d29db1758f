"""Judge a student's Compose project before it boots, bound it, run it under a random name, and tear it down."""

"""Text into frozen dataclasses, in six rooms: text, shell, dockerfile, compose, packages, scans, in this order."""

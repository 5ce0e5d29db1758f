"""Text into frozen dataclasses, in five rooms: text, shell, dockerfile, compose and packages, in this order."""

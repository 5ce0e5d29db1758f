"""Text into frozen dataclasses; nothing downstream looks at text."""

"""Variables that a text names and that nothing sets: what a message says where the value is empty."""

import re
from collections.abc import Container

MOST = 5  # of one text
_MENTION = re.compile(r"(?<!\\)\$\{?([A-Za-z_][A-Za-z0-9_]*)", re.ASCII)


def unset_in(text: str, known: Container[str]) -> tuple[str, ...]:
    """The names, each once; what a default stands in for is among them."""
    return tuple(dict.fromkeys(name for name in _MENTION.findall(text) if name not in known))[:MOST]


def unset_note(names: tuple[str, ...]) -> str:
    """`; A and B are not set`, or nothing."""
    listed = " and ".join(f"`{name}`" for name in names)
    return f"; {listed} {'is' if len(names) == 1 else 'are'} not set" if names else ""

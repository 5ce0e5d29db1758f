"""Which options a mount of each type takes, and what they may say."""

import re
from collections.abc import Mapping

from checks.parsing.problems import RefusedInUse

SWITCHES = frozenset({"readonly", "readwrite", "required"})
OPTIONS = (
    *SWITCHES,
    "type",
    "from",
    "source",
    "target",
    "id",
    "sharing",
    "size",
    "mode",
    "uid",
    "gid",
    "env",
)
_OF_ONE_TYPE = {"sharing": ("cache",), "size": ("tmpfs",), "required": ("secret", "ssh"), "env": ("secret",)}
_VALUES = {
    **dict.fromkeys(SWITCHES, re.compile(r"true|false|1|0|", re.IGNORECASE)),
    **dict.fromkeys(("uid", "gid"), re.compile(r"[0-9]{1,10}", re.ASCII)),
    "mode": re.compile(r"[0-7]{1,11}", re.ASCII),
    "size": re.compile(r"[0-9]+(?:\.[0-9]+)? ?(?:[kmgtp]?i?b?)", re.IGNORECASE | re.ASCII),
    "sharing": re.compile(r"shared|private|locked", re.IGNORECASE),
}


def check_options(kind: str, options: Mapping[str, str]) -> None:
    """Raise Refused for an option that this type has not, and for a value that it cannot have."""
    for name, value in options.items():
        if kind not in _OF_ONE_TYPE.get(name, (kind,)):
            raise RefusedInUse(f"a {kind} mount has no option `{name}`")
        pattern = _VALUES.get(name)
        if pattern is not None and not pattern.fullmatch(value):
            raise RefusedInUse(f"`{name}` of --mount cannot be `{value[:60]}`")

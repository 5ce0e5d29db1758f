"""`RUN --mount=type=...,target=...`: files that exist during one RUN and never enter its layer.

Each type has options of its own; options and values that BuildKit refuses raise Refused.
"""

import csv
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checks.parsing.dockerfile.instructions.config import absolute
from checks.parsing.dockerfile.stage_names import NamedStage, Naming, Reference
from checks.parsing.text.problems import Refused, RefusedInUse, suggestion

if TYPE_CHECKING:
    from checks.parsing.dockerfile.context import Context


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
    """Raise Refused for an option that this type does not have, and for an invalid value."""
    for name, value in options.items():
        if kind not in _OF_ONE_TYPE.get(name, (kind,)):
            raise RefusedInUse(f"a {kind} mount has no option `{name}`")
        pattern = _VALUES.get(name)
        if pattern is not None and not pattern.fullmatch(value):
            raise RefusedInUse(f"`{name}` of --mount cannot be `{value[:60]}`")


_TYPES = ("bind", "cache", "tmpfs", "secret", "ssh")
_LONG = {"src": "source", "dst": "target", "destination": "target", "ro": "readonly", "rw": "readwrite"}


@dataclass(frozen=True, slots=True)
class Mount:
    """A mount; `target` is absolute, or "" if an ssh mount or a secret in `env` has none. Others are as written."""

    type: str
    target: str
    source: str
    id: str
    env: str
    sharing: str
    read_only: bool
    required: bool
    from_name: str | None
    naming: Naming = field(repr=False, compare=False)

    @property
    def named_stage(self) -> NamedStage | None:
        """The stage that `from=` names, above or below; None for an image, which a number names too."""
        return self.naming.named(self.from_name)


def read_mount(value: str, context: "Context") -> Mount:
    """Parse the value of one `--mount`. Raises Refused."""
    options = dict(_option(item, context) for item in _fields(value))
    kind = options.get("type", "bind").lower()
    if kind not in _TYPES:
        raise RefusedInUse(f"unknown type of mount `{kind}`{suggestion(kind, _TYPES)}")
    check_options(kind, options)
    if kind == "secret" and not options.keys() & {"id", "source", "target"}:
        raise RefusedInUse("a secret mount needs an id: --mount=type=secret,id=...")
    origin = options.get("from") or None
    return Mount(
        type=kind,
        target=_target(kind, options, context),
        source=options.get("source", ""),
        id=options.get("id", ""),
        env=options.get("env", ""),
        sharing=options.get("sharing", ""),
        read_only=_read_only(kind, options),
        required=options.get("required", "false") == "true",
        from_name=origin,
        naming=context.naming,
    )


def references_of(value: str, context: "Context") -> tuple[Reference, ...]:
    """Return the source that a `--mount` names in `from=`, even if the rest of it is invalid."""
    try:
        pairs = [item.partition("=") for item in _fields(value)]
    except Refused:
        return ()
    names = [name for key, _, name in pairs if key.lower() == "from" and name]
    return tuple(Reference(name, is_mount=True, naming=context.naming) for name in names[-1:])


def _fields(value: str) -> list[str]:
    if not value:
        raise Refused("--mount is empty: --mount=type=...,target=...")
    try:
        return next(csv.reader([value], strict=True), [])
    except csv.Error as error:
        raise Refused(f"--mount cannot be read: {error}") from error


def _option(item: str, context: "Context") -> tuple[str, str]:
    key, equals, value = item.partition("=")
    key = _LONG.get(key.lower(), key.lower())
    if key not in OPTIONS:
        raise RefusedInUse(f"unknown option `{key}` of --mount{suggestion(key, OPTIONS)}")
    if not equals and key not in SWITCHES:
        raise RefusedInUse(f"option `{key}` of --mount needs a value")
    if key == "from":
        if context.expand(value) != value:
            raise Refused("`from` of --mount cannot hold a variable: name a stage with `FROM $image AS name`")
        return key, value
    return key, context.expand(value).strip() if equals else "true"


def _read_only(kind: str, options: dict[str, str]) -> bool:
    if "readwrite" in options:
        return options["readwrite"] not in {"true", "1"}
    if "readonly" in options:
        return options["readonly"] in {"true", "1"}
    return kind not in {"cache", "tmpfs"}


def _target(kind: str, options: dict[str, str], context: "Context") -> str:
    target = options.get("target", "")
    if not target and kind == "secret":
        name = posixpath.basename(options.get("id") or options.get("source", ""))
        return "" if "env" in options else f"/run/secrets/{name}"
    if not target and kind == "ssh":
        return ""
    found = absolute(target, context.state.directory)
    if target == "/" or (found == "/" and not target.startswith("/")):
        raise RefusedInUse(f"a {kind} mount needs a target below `/`: --mount=type={kind},target=/path")
    return found

"""`RUN --mount=type=...,target=...`: what is there during one RUN and never lands in its layer."""

import csv
import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checks.parsing.instructions.config import absolute
from checks.parsing.mountoptions import OPTIONS, SWITCHES, check_options
from checks.parsing.naming import Naming
from checks.parsing.problems import Refused, RefusedInUse, suggestion

if TYPE_CHECKING:
    from checks.parsing.context import Context
    from checks.parsing.stages import Stage

_TYPES = ("bind", "cache", "tmpfs", "secret", "ssh")
_LONG = {"src": "source", "dst": "target", "destination": "target", "ro": "readonly", "rw": "readwrite"}


@dataclass(frozen=True, slots=True)
class Mount:
    """`target` is absolute ("" when a secret is only an environment variable, `env`); the rest as written."""

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
    def from_stage(self) -> "Stage | None":
        """The stage that `from=` names, above or below; None for an image, which a number means too here."""
        return self.naming.named(self.from_name)


def read_mount(value: str, context: "Context") -> Mount:
    """Read one `--mount`. Raises Refused."""
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

"""Instructions that only change the image config: USER, WORKDIR, LABEL, VOLUME, ..."""

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from checks.parsing.dockerfile.instruction import Instruction
from checks.parsing.dockerfile.state import Setting, State
from checks.parsing.dockerfile.syntax import blank_separated, pairs
from checks.parsing.dockerfile.values import is_signal, strings
from checks.parsing.text.problems import Refused, RefusedInUse

if TYPE_CHECKING:
    from checks.parsing.dockerfile.context import Context

MAX_PATH = 4_096  # Linux's PATH_MAX


def absolute(path: str, directory: str) -> str:
    """Return the absolute, normalised path; a final slash is kept, because COPY gives it a meaning."""
    found = "/" + posixpath.normpath(posixpath.join(directory, path)).lstrip("/")
    return f"{found}/" if path.endswith("/") and found != "/" else found


@dataclass(frozen=True, slots=True)
class _Single(Instruction):
    """An instruction with one expanded argument."""

    text: str

    @classmethod
    def read(cls, context: "Context") -> Self:
        context.check_flags(cls.FLAGS)
        if not context.arguments:
            raise Refused(f"{cls.KEYWORD} requires exactly one argument")
        found = cls(*cls.common(context), context.expand(context.arguments))
        found.refuse()
        return found

    def refuse(self) -> None:
        """Raise Refused for an invalid text."""


@dataclass(frozen=True, slots=True)
class User(_Single):
    """`USER name[:group]`; `name` and `group` are expanded, or "" if not given."""

    KEYWORD = "USER"

    @property
    def name(self) -> str:
        """The user, or "" (which is root)."""
        return self.text.partition(":")[0]

    @property
    def group(self) -> str:
        """The group after the colon, or ""."""
        return self.text.partition(":")[2]

    def after(self) -> State:
        return self.state.but(user=Setting(self.text, self))


@dataclass(frozen=True, slots=True)
class Workdir(_Single):
    """`WORKDIR path`, relative to the previous WORKDIR."""

    KEYWORD = "WORKDIR"

    def refuse(self) -> None:
        if len(self.path) >= MAX_PATH:
            raise Refused(f"the working directory has {MAX_PATH:,} characters or more, and no path can")

    @property
    def path(self) -> str:
        """The absolute, normalised path."""
        return absolute(self.text, self.state.directory).rstrip("/") or "/"

    def after(self) -> State:
        return self.state.but(workdir=Setting(self.path, self))


@dataclass(frozen=True, slots=True)
class StopSignal(_Single):
    """`STOPSIGNAL signal`."""

    KEYWORD = "STOPSIGNAL"

    def refuse(self) -> None:
        if not is_signal(self.text):
            raise RefusedInUse(f"`{self.text}` is no signal: SIGTERM or SIGINT, say")

    def after(self) -> State:
        return self.state.but(stop_signal=Setting(self.text, self))


@dataclass(frozen=True, slots=True)
class Maintainer(Instruction):
    """`MAINTAINER name`: obsolete, and without effect on the container."""

    KEYWORD = "MAINTAINER"

    @classmethod
    def read(cls, context: "Context") -> Self:
        if not context.arguments:
            raise Refused("MAINTAINER requires exactly one argument")
        return cls(*cls.common(context))


@dataclass(frozen=True, slots=True)
class Label(Instruction):
    """`LABEL name=value ...`."""

    KEYWORD = "LABEL"

    labels: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, context: "Context") -> Self:
        context.check_flags(cls.FLAGS)
        written = pairs(context.arguments, context.dialect.escape, cls.KEYWORD)
        labels = tuple((context.expand(name), context.expand(value)) for name, value in written)
        return cls(*cls.common(context), labels)

    def after(self) -> State:
        return self.state.with_variables("labels", dict(self.labels), self)


@dataclass(frozen=True, slots=True)
class Volume(Instruction):
    """`VOLUME path ...`, or in JSON form."""

    KEYWORD = "VOLUME"

    paths: tuple[str, ...]

    @classmethod
    def read(cls, context: "Context") -> Self:
        context.check_flags(cls.FLAGS)
        words = strings(context.arguments)
        words = blank_separated(context.arguments) if words is None else words
        paths = tuple(context.expand(word) for word in words)
        if not words or "" in words:
            raise Refused("VOLUME requires at least one path, and none can be empty")
        if "" in paths:
            raise RefusedInUse("VOLUME: a path is empty, since its variable is not set")
        return cls(*cls.common(context), paths)

    def after(self) -> State:
        return self.state.with_variables("volumes", dict.fromkeys(self.paths, ""), self)

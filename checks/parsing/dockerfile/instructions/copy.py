"""COPY and ADD: which files they put into the image, from where, and to where.

Flags and sources that BuildKit refuses raise Refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Self

from checks.parsing.dockerfile.heredoc import Heredoc, opener_of
from checks.parsing.dockerfile.instruction import Instruction
from checks.parsing.dockerfile.instructions.config import absolute
from checks.parsing.dockerfile.remote_source import is_remote, is_repository
from checks.parsing.dockerfile.stage_names import NamedStage, Naming
from checks.parsing.dockerfile.state import State
from checks.parsing.dockerfile.syntax import blank_separated
from checks.parsing.dockerfile.values import strings
from checks.parsing.text.path_pattern import PathPattern
from checks.parsing.text.problems import Refused, RefusedInUse
from checks.sanitize import shortened

if TYPE_CHECKING:
    from checks.parsing.dockerfile.context import Context


STRICT_MODES = 28  # the first engine that validates a mode before the build
_OCTAL = re.compile(r"[0-7]{1,20}", re.ASCII)
MOST_MODE = 0o7777
_SYMBOLIC = re.compile(
    r"[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+(?:,[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+)*", re.ASCII
)
_DIGEST = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+", re.ASCII)
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_OWNER_PARTS = 2  # user:group


def _check_ownership(context: "Context") -> None:
    """Raise Refused for an invalid owner; record an invalid mode for engines that refuse it."""
    owner, mode = context.expanded_flag("chown"), context.expanded_flag("chmod")
    if owner and owner.count(":") >= _OWNER_PARTS:
        raise RefusedInUse(f"--chown is user:group, not `{shortened(owner)}`")
    if mode and not (_is_octal(mode) or _SYMBOLIC.fullmatch(mode)):
        context.refused_since(
            STRICT_MODES, f"--chmod is an octal number such as 644, not `{shortened(mode)}`"
        )


def _is_octal(mode: str) -> bool:
    return _OCTAL.fullmatch(mode) is not None and int(mode, 8) <= MOST_MODE


def check_checksum(text: str, source: str) -> None:
    """Raise Refused for an invalid checksum, and for one of a source that is not fetched."""
    if not is_remote(source):
        raise RefusedInUse(
            f"--checksum is for what is fetched, and `{shortened(source)}` comes from the folder"
        )
    if not _SHA256.fullmatch(text) and not is_repository(source):
        raise RefusedInUse(f"--checksum is sha256: and 64 digits, not `{shortened(text)}`")


MIN_WORDS = 2  # a source and the destination
_SPACED = re.compile(r"<<(-?)[ \t]+(?=\S)")  # `<< EOF` is one word


@dataclass(frozen=True, slots=True)
class CopyOrAdd(Instruction):
    """`sources` are expanded; `destination` is absolute and keeps a final slash.

    `documents` are the sources that are heredocs. `from_name` is the value of `--from=`.
    """

    sources: tuple[str, ...]
    documents: tuple[Heredoc, ...]
    destination: str
    chown: str | None
    chmod: str | None
    excludes: tuple[str, ...]
    from_name: str | None
    naming: Naming = field(repr=False, compare=False)

    @classmethod
    def read(cls, context: "Context") -> Self:
        context.check_flags(cls.FLAGS)
        *sources, destination = _words(context, cls.KEYWORD)
        documents, paths = _documents(sources, context)
        documents = tuple(map(context.expand_document, documents))
        origin = context.flag("from")
        if origin is not None and context.expand(origin) != origin:
            raise Refused("--from cannot hold a variable: name a stage with `FROM $image AS name`")
        found = tuple(context.expand(path) for path in paths)
        _check_ownership(context)
        cls.check_sources(found, context)
        return cls(
            *cls.common(context),
            sources=found,
            documents=documents,
            destination=_destination(context.expand(destination), context),
            chown=context.expanded_flag("chown"),
            chmod=context.expanded_flag("chmod"),
            excludes=tuple(context.expand(value or "") for name, value in context.flags if name == "exclude"),
            from_name=origin or None,
            naming=context.naming,
        )

    @classmethod
    def check_sources(cls, sources: tuple[str, ...], context: "Context") -> None:
        """Raise Refused for a source that this keyword cannot take."""

    @property
    def named_stage(self) -> NamedStage | None:
        """The stage that `--from=` names, above or below; None for an image, or for the build context."""
        return self.naming.find(self.from_name)

    @property
    def from_context(self) -> bool:
        """Whether it copies from the build context, to which .dockerignore applies."""
        return self.from_name is None

    def after(self) -> State:
        return self.state.with_files(self.written, self.documents)

    @property
    def written(self) -> Mapping[str, str]:
        """The files that heredocs in the Dockerfile write: a mapping of path to text."""
        folder = self.destination if self.destination.endswith("/") else ""
        return {f"{folder}{each.name}" if folder else self.destination: each.body for each in self.documents}


def _words(context: "Context", keyword: str) -> tuple[str, ...]:
    words = strings(context.arguments)
    if words is None:
        words = blank_separated(_SPACED.sub(r"<<\1", context.arguments))
    if len(words) < MIN_WORDS:
        raise Refused(f"{keyword} requires at least two arguments, a source and a destination")
    if opener_of(words[-1]):
        raise Refused(f"{keyword} cannot have a heredoc as its destination")
    return words


def _documents(words: list[str], context: "Context") -> tuple[tuple[Heredoc, ...], list[str]]:
    heredocs = {heredoc.name: heredoc for heredoc in context.statement.heredocs}
    openers = {word: opener for word in words if (opener := opener_of(word))}
    found = tuple(heredocs[opener.name] for opener in openers.values() if opener.name in heredocs)
    return found, [word for word in words if word not in openers]


def _destination(path: str, context: "Context") -> str:
    return absolute("./" if path in {"", "."} else path, context.state.directory)


@dataclass(frozen=True, slots=True)
class Copy(CopyOrAdd):
    """`COPY [--from=] source ... destination`."""

    KEYWORD = "COPY"
    FLAGS: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("from", "chown", "chmod"), "one"),
        **dict.fromkeys(("link", "parents"), "switch"),
        "exclude": "many",
    }

    @classmethod
    def check_sources(cls, sources: tuple[str, ...], context: "Context") -> None:
        for source in sources:
            if is_remote(source):
                raise RefusedInUse(f"COPY cannot fetch `{shortened(source)}`: ADD can, or curl in a RUN")
            if not context.flag("from"):
                PathPattern.parse(source)


@dataclass(frozen=True, slots=True)
class Add(CopyOrAdd):
    """`ADD source ... destination`; it also fetches URLs and unpacks archives."""

    KEYWORD = "ADD"
    FLAGS: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("chown", "chmod", "checksum"), "one"),
        **dict.fromkeys(("link", "keep-git-dir", "unpack"), "switch"),
        "exclude": "many",
    }

    @classmethod
    def check_sources(cls, sources: tuple[str, ...], context: "Context") -> None:
        checksum = context.expanded_flag("checksum")
        for source in sources:
            if checksum:
                check_checksum(checksum, source)
            if not is_remote(source):
                PathPattern.parse(source)

"""COPY and ADD: what comes into the image, from where, and where to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Self

from checks.parsing.heredoc import Heredoc, opener_of
from checks.parsing.instruction import Instruction
from checks.parsing.instructions.config import absolute
from checks.parsing.instructions.copyflags import check_checksum, check_flags_of_copy, is_remote
from checks.parsing.jsonform import strings
from checks.parsing.naming import Naming
from checks.parsing.pathpattern import PathPattern
from checks.parsing.problems import Refused, RefusedInUse
from checks.parsing.syntax import blank_separated, shortened

if TYPE_CHECKING:
    from checks.parsing.context import Context
    from checks.parsing.stages import Stage

MIN_WORDS = 2  # a source and the destination
_SPACED = re.compile(r"<<(-?)[ \t]+(?=\S)")  # `<< EOF` is one word


@dataclass(frozen=True, slots=True)
class CopyOrAdd(Instruction):
    """`sources` are expanded; `destination` is absolute, with its final slash where one is written.

    `documents` are the sources that are heredocs. `from_name` is the word behind `--from=`.
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
        for document in documents:
            context.check_document(document)
        origin = context.flag("from")
        if origin is not None and context.expand(origin) != origin:
            raise Refused("--from cannot hold a variable: name a stage with `FROM $image AS name`")
        found = tuple(context.expand(path) for path in paths)
        check_flags_of_copy(context)
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
        """Raise Refused for what cannot come from where it should."""

    @property
    def from_stage(self) -> "Stage | None":
        """The stage that `--from=` names, above or below; None for an image, or for the build context."""
        return self.naming.find(self.from_name)

    @property
    def from_context(self) -> bool:
        """Whether it copies from the build context, where .dockerignore counts."""
        return self.from_name is None

    @property
    def written(self) -> Mapping[str, str]:
        """The files that are written into the Dockerfile itself, as heredocs: their text by their path."""
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
    """`ADD source ... destination`: fetches URLs and unpacks archives too."""

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

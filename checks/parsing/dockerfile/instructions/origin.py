"""FROM and ONBUILD: where a stage begins, and what it triggers in stages built from it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from checks.parsing.dockerfile.instruction import Instruction
from checks.parsing.dockerfile.syntax import blank_separated, pairs, split_flags
from checks.parsing.dockerfile.values import check_platform, strings
from checks.parsing.text.image_reference import ImageReference
from checks.parsing.text.problems import Refused

if TYPE_CHECKING:
    from checks.parsing.dockerfile.context import Context

_STAGE_NAME = re.compile(r"[a-z][a-z0-9._-]*")
_WITH_NAME = 3  # FROM image AS name


@dataclass(frozen=True, slots=True)
class From(Instruction):
    """`FROM [--platform=] image [AS name]`; `image` is expanded, `name` in lower case or ""."""

    KEYWORD = "FROM"
    FLAGS: ClassVar[Mapping[str, str]] = {"platform": "one"}

    image: str
    name: str
    platform: str | None

    @classmethod
    def read(cls, context: "Context") -> Self:
        words = blank_separated(context.arguments)
        if len(words) != 1 and not (len(words) == _WITH_NAME and words[1].upper() == "AS"):
            raise Refused("FROM is followed by an image, or by an image, AS and a name")
        context.check_flags(cls.FLAGS)
        name = words[2].lower() if len(words) == _WITH_NAME else ""
        if name and not _STAGE_NAME.fullmatch(name):
            raise Refused(f"`{words[2]}` is no name for a stage: it begins with a letter")
        image = context.expand(words[0])
        if image not in context.naming.names and image != "scratch":
            ImageReference.parse(image, written=words[0])
        platform = context.expanded_flag("platform")
        if written := context.flag("platform"):
            check_platform(platform or "", written)
        return cls(*cls.common(context), image, name, platform)


@dataclass(frozen=True, slots=True)
class OnBuild(Instruction):
    """`ONBUILD instruction`: runs at the beginning of each stage that is built from this one."""

    KEYWORD = "ONBUILD"

    @classmethod
    def read(cls, context: "Context") -> Self:
        context.check_flags(cls.FLAGS)
        trigger, *rest = context.arguments.split(maxsplit=1) or [""]
        keyword = trigger.upper()
        if keyword in {"", "ONBUILD", "FROM", "MAINTAINER"}:
            raise Refused(f"{keyword} cannot be triggered by ONBUILD".strip())
        _check_trigger(keyword, rest[0] if rest else "", context.dialect.escape)
        return cls(*cls.common(context))


def _check_trigger(keyword: str, value: str, escape: str) -> None:
    """Raise Refused for errors that BuildKit finds at ONBUILD; it finds others where the trigger runs."""
    if keyword in {"ENV", "LABEL"} and value:
        pairs(value, escape, keyword)
    elif keyword in {"RUN", "CMD", "ENTRYPOINT", "SHELL", "VOLUME", "COPY", "ADD"}:
        strings(split_flags(value)[1])

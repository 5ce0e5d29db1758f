"""FROM and ONBUILD: where a stage begins, and what it hands on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from checks.parsing.image_reference import ImageReference
from checks.parsing.instruction import Instruction
from checks.parsing.problems import Refused
from checks.parsing.syntax import blank_separated

if TYPE_CHECKING:
    from checks.parsing.context import Context

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
        if context.names.get(image.lower()) is None and image != "scratch":
            ImageReference.parse(image, written=words[0])
        return cls(*cls.common(context), image, name, context.expanded_flag("platform"))


@dataclass(frozen=True, slots=True)
class OnBuild(Instruction):
    """`ONBUILD instruction`: runs at the beginning of each stage that is built from this one."""

    KEYWORD = "ONBUILD"

    @classmethod
    def read(cls, context: "Context") -> Self:
        context.check_flags(cls.FLAGS)
        trigger = context.arguments.split(maxsplit=1)[0].upper() if context.arguments else ""
        if trigger in {"", "ONBUILD", "FROM", "MAINTAINER"}:
            raise Refused(f"{trigger} cannot be triggered by ONBUILD".strip())
        return cls(*cls.common(context))

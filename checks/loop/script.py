"""The script of a student: what one changes in a lab's starter, turn by turn, from nothing to full marks.

It is data beside the lab's tests, `student.yaml`. A change names words that stand once in a file, and those that
take their place, so that a turn reads as what a person does in an editor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from checks.lab import LabError
from checks.parsing.text.problems import ParseError
from checks.parsing.text.typed import Mistyped, Section, read_as
from checks.parsing.text.yaml_file import parse_yaml

SCRIPT = "student.yaml"


class Unplayable(Exception):  # noqa: N818 - a script that does not fit its starter, and no fault of the grader
    """The script cannot be played; the message says at which words."""


@dataclass(frozen=True, kw_only=True)
class Change(Section):
    """The words `old`, which stand once in the lab's main Dockerfile, become `new`."""

    old: str
    new: str

    def applied(self, text: str) -> str:
        """Return the changed text; raise `Unplayable` unless the words stand in it once."""
        if (count := text.count(self.old)) != 1:
            raise Unplayable(f"`{self.old.strip()}` stands {count} times in the file, and not once")
        return text.replace(self.old, self.new)


@dataclass(frozen=True, kw_only=True)
class Turn(Section):
    """What the student tells and changes, and what comes of it: `meets` is `check/way`, empty at full marks.

    `measures` is the file with the answers, if the student looks into the image and writes its figures down.
    """

    tells: str
    changes: tuple[Change, ...] = ()
    measures: str = ""
    meets: str
    score: int


@dataclass(frozen=True, kw_only=True)
class Script(Section):
    """All turns, in their order."""

    turns: Annotated[tuple[Turn, ...], Field(min_length=1)]


def read_script(path: Path) -> Script:
    """Read a script; raise `LabError`, which names the line."""
    try:
        node = parse_yaml(path.read_bytes(), path.name)
        return read_as(Script, node, node.value)
    except ParseError as error:
        raise LabError(f"{path.name}:{error.line}: {error.message}") from None
    except Mistyped as mistyped:
        raise LabError(str(mistyped)) from None


def written_down(answers: str, figures: Mapping[str, str]) -> str:
    """Return the answers with each figure behind its key; lines without one stay."""
    lines = ((line, line.partition(":")[0]) for line in answers.splitlines())
    return "".join(f"{key}: {figures[key]}\n" if key in figures else f"{line}\n" for line, key in lines)

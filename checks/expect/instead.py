"""Find a misplaced line that explains a missing one: in a comment, another instruction, or another stage."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from checks.parsing.dockerfile.instructions import Instruction
from checks.parsing.dockerfile.parser import KEYWORDS
from checks.parsing.dockerfile.stages import File, Stage
from checks.sanitize import shortened

MAX_LINES = 3_000  # of one file, searched for a message


@dataclass(frozen=True, slots=True)
class Instead:
    """A place that explains a missing instruction or command: its description and its line."""

    said: str
    line: int


def unread(file: File, is_meant: Callable[[str], bool]) -> Iterator[Instead]:
    """Yield lines that Docker takes for a comment, or for a part of the instruction above them."""
    starts = {instruction.line for instruction in file.instructions}
    for number, line in enumerate(islice(file.lines, MAX_LINES), 1):
        text = line.strip()
        bare = text.lstrip("# \t")
        if number in starts or not is_meant(bare):
            continue
        if text.startswith("#"):
            yield Instead(f"`{shortened(text)}` is a comment, and has no effect", number)
        elif is_instruction(bare) and (owner := _owner(file, number)):
            why = f"belongs to the `{owner.keyword}` of line {owner.line}, which has not ended before it"
            yield Instead(f"`{shortened(text)}` {why}", number)


def _owner(file: File, number: int) -> Instruction | None:
    """Return the instruction that contains this line but starts on an earlier one."""
    return next((entry for entry in file.instructions if entry.line < number <= entry.end_line), None)


def is_instruction(line: str) -> bool:
    """Whether the line begins with a keyword in upper case."""
    return line.partition(" ")[0] in KEYWORDS


def in_another_stage(text: str, stage: Stage, line: int) -> Instead:
    """Describe text that is in another stage than the image's."""
    name = f"`{stage.name}`" if stage.name else f"number {stage.index}"
    return Instead(f"{text} is in another stage ({name}) than the image", line)


def other_stages(stage: Stage) -> list[Stage]:
    """Return the stages that `stage` is not built from."""
    own = {each.index for each in stage.ancestry}
    return [other for other in stage.file.stages if other.index not in own]


def words(text: str) -> list[str]:
    """Return the words of a line, without the punctuation around them."""
    return re.findall(r"[A-Za-z0-9][\w.:/+-]*", text[:500])

"""What stands where something is missing: a comment, a line of another instruction, another stage."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from checks.parsing.dockerfile.instructions import Instruction
from checks.parsing.dockerfile.parser import KEYWORDS
from checks.parsing.dockerfile.stages import File, Stage
from checks.sanitize import shortened

MAX_LINES = 3_000  # of one file that are looked at for a message


@dataclass(frozen=True, slots=True)
class Instead:
    """What is said of it, and its line."""

    said: str
    line: int


def unread(file: File, is_meant: Callable[[str], bool]) -> Iterator[Instead]:
    """Lines that Docker takes for a comment, or for a part of the instruction above them."""
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
    """The instruction that has this line, and does not begin there."""
    return next((entry for entry in file.instructions if entry.line < number <= entry.end_line), None)


def is_instruction(line: str) -> bool:
    """Whether it begins with a keyword, in the case in which people write one."""
    return line.partition(" ")[0] in KEYWORDS


def in_another_stage(text: str, stage: Stage, line: int) -> Instead:
    """It is there, but not in the image."""
    name = f"`{stage.name}`" if stage.name else f"number {stage.index}"
    return Instead(f"{text} is in another stage ({name}) than the image", line)


def other_stages(stage: Stage) -> list[Stage]:
    """Those that the stage is not built from."""
    own = {each.index for each in stage.ancestry}
    return [other for other in stage.file.stages if other.index not in own]


def words(text: str) -> list[str]:
    """The words of a line, without what stands around them."""
    return re.findall(r"[A-Za-z0-9][\w.:/+-]*", text[:500])

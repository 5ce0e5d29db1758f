"""A Dockerfile without a FROM: what was meant as one."""

from collections.abc import Sequence
from difflib import get_close_matches

from checks.parsing.instruction import Instruction
from checks.parsing.problems import Problem
from checks.parsing.syntax import shortened

MAX_SEARCHED = 1_000  # lines and instructions that are looked at for a message
_MISSING = "there is no FROM, so there is no image to build"


def without_from(instructions: Sequence[Instruction], lines: Sequence[str]) -> Problem:
    """The reason for which nothing is built, with the line of what looks like a FROM."""
    for instruction in instructions[:MAX_SEARCHED]:
        if get_close_matches(instruction.keyword[:20], ["FROM"], cutoff=0.7):
            return Problem(instruction.line, f"{_MISSING}: `{instruction}` should begin with FROM")
    for number, line in enumerate(lines[:MAX_SEARCHED], 1):
        if line.strip().startswith("#") and line.strip("# \t").startswith("FROM "):
            return Problem(number, f"{_MISSING}: `{shortened(line)}` is a comment")
    return Problem(1, _MISSING)

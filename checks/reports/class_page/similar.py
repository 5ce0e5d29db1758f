"""Similar work, as a hint: Dockerfiles compared as instructions, without those of the starter and the solution.

What a lab hands out, and what everybody who solves it writes, says nothing of two students; comments, blanks
and the order of instructions are no difference. Only a person can tell why two files are alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from checks.lab import Lab
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.text.problems import ParseError
from checks.reports.class_page.annotated import cut_line
from checks.reports.formats.format import ExportInputs

FEWEST = 3
"""Instructions of one's own that two files must share to be named."""
LEAST = 0.8
"""The share of equal ones among their own instructions."""
MOST = 30
"""Pairs that are listed."""
MOST_SHOWN = 40
"""Shared instructions that are shown of a pair; a Dockerfile has as many as fit into it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two submissions, by their numbers on the page, with the instructions that only they wrote."""

    first: int
    second: int
    file: str
    share: float
    shared: Sequence[str]

    @property
    def shown(self) -> str:
        """The first of the shared instructions, a line each, and the number of the others."""
        left = len(self.shared) - MOST_SHOWN
        lines = [cut_line(line) for line in self.shared[:MOST_SHOWN]]
        return "\n".join([*lines, *([f"({left} more)"] if left > 0 else [])])


def similar(submissions: Sequence[str], inputs: ExportInputs) -> list[Pair]:
    """Return the pairs that are most alike, over all Dockerfiles of the labs."""
    pairs = [
        pair
        for lab in inputs.labs
        for name in lab.images
        for pair in _pairs(f"{lab.id}/{name}", _own(lab, name, submissions, inputs))
    ]
    pairs.sort(key=lambda pair: (-pair.share, -len(pair.shared), pair.first, pair.second))
    return pairs[:MOST]


def instructions(lines: Sequence[str]) -> frozenset[str]:
    """Return the instructions of a Dockerfile, blanks evened out; none of one that cannot be read."""
    try:
        dockerfile = parse_dockerfile("\n".join(lines).encode(errors="replace"))
    except ParseError:
        return frozenset()
    found = (f"{each.keyword} {each.value}" for each in dockerfile.instructions)
    return frozenset(" ".join(text.split()) for text in found)


def _own(
    lab: Lab, name: str, submissions: Sequence[str], inputs: ExportInputs
) -> Mapping[int, frozenset[str]]:
    """Return by submission what is in neither the starter nor the solution."""
    given = frozenset().union(*(_given(folder / name) for folder in (lab.starter, lab.solution)))
    found = {}
    for number, submission in enumerate(submissions, start=1):
        if (lines := inputs.lines(submission)(f"{lab.id}/{name}")) is not None:
            found[number] = instructions(lines) - given
    return found


def _given(path: Path) -> frozenset[str]:
    return instructions(path.read_text("utf-8").split("\n")) if path.is_file() else frozenset()


def _pairs(file: str, own: Mapping[int, frozenset[str]]) -> Iterator[Pair]:
    telling = {number: texts for number, texts in own.items() if len(texts) >= FEWEST}
    for (first, one), (second, other) in combinations(telling.items(), 2):
        shared = one & other
        share = len(shared) / len(one | other)
        if len(shared) >= FEWEST and share >= LEAST:
            yield Pair(first, second, file, share, sorted(shared))

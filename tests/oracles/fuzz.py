"""Mutate the files of the tables, and compare what the grader and the real program say of them.

    make fuzz SECONDS=600

Hypothesis splices, cuts and garbles the recorded files; each file that only one of the two takes is made as small
as it gets, and told once a kind: by what either says, without names and numbers. Kinds that the tables record with
their reason are left out. The exit status is 1 when there was another.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, configuration, given, seed, settings

from tests.oracles import programs
from tests.oracles.accidents import mutated
from tests.oracles.programs import Oracle

MOST_BYTES = 2 << 30  # of memory, of this process and of each that it starts
ROUND = 100  # examples between two looks at the clock


@dataclass(frozen=True, slots=True)
class Difference:
    """A file of which the two do not say the same, and its kind: what was said, names and numbers left out."""

    text: str
    grader: str
    program: str

    @property
    def kind(self) -> tuple[str, str]:
        """What it has in common with others."""
        return programs.skeleton(self.grader), programs.skeleton(self.program)


class Differs(Exception):  # noqa: N818 - what it is
    """How Hypothesis is told that it has found one."""


@dataclass
class Comparison:
    """Grader and program, side by side."""

    oracle: Oracle
    known: set[tuple[str, str]] = field(default_factory=set)
    asked: int = 0
    unanswered: int = 0

    def difference(self, text: str) -> Difference | None:
        """None where both take it or both refuse it, or the program says nothing of it."""
        self.asked += 1
        grader, program = self.oracle.grader(text), self.oracle.program(text)
        if program is None:
            self.unanswered += 1
            return None
        return Difference(text, grader, program) if bool(grader) != bool(program) else None

    def smallest(self, number: int) -> Difference | None:
        """One of a kind that is not known yet, out of a round of examples."""
        found: list[Difference] = []

        @seed(number)
        @settings(
            max_examples=ROUND,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(mutated(self.oracle.texts, self.oracle.accidents))
        def agree(text: str) -> None:
            difference = self.difference(text)
            if difference and difference.kind not in self.known:
                found.append(difference)
                raise Differs

        try:
            agree()
        except Differs:
            return self.trimmed(found[-1])  # the one that was shrunk comes last
        return None

    def trimmed(self, found: Difference) -> Difference:
        """The same without the parts that it does not take: the smallest draw is not the smallest file."""
        for text in self.oracle.smaller(found.text):
            less = self.difference(text)
            if less and less.kind == found.kind:
                return self.trimmed(less)
        return found


def compared(comparison: Comparison, seconds: float, chance: random.Random) -> Iterator[Difference]:
    """One difference of each kind, as they come, until the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if difference := comparison.smallest(chance.getrandbits(32)):
            comparison.known.add(difference.kind)
            yield difference


def recorded(comparison: Comparison, texts: Iterable[str]) -> set[tuple[str, str]]:
    """The kinds of differences that a table has."""
    return {found.kind for text in texts if (found := comparison.difference(text))}


def tell(name: str, found: Difference) -> None:
    """A new kind, for a person."""
    print(f"\n{name}: {found.text!r}", f"  grader:  {found.grader or 'takes it'}", sep="\n")
    print(f"  program: {found.program or 'takes it'}", flush=True)


def told(oracle: Oracle, seconds: float, number: int) -> int:
    """How many new kinds there were, each told as it came."""
    comparison, count = Comparison(oracle), 0
    comparison.known |= recorded(comparison, oracle.differing)
    for count, difference in enumerate(compared(comparison, seconds, random.Random(number)), 1):  # noqa: B007
        tell(oracle.name, difference)
    answered = comparison.asked - comparison.unanswered
    print(
        f"\n{oracle.name}: {answered} files compared; {comparison.unanswered} without an answer", flush=True
    )
    return count


def main() -> int:
    """Compare one program after the other, each for its share of the time."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    parser.add_argument("--only", choices=programs.NAMES, help="one of the programs, for the whole time")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    try:
        with tempfile.TemporaryDirectory() as folder:
            configuration.set_hypothesis_home_dir(folder)  # else it leaves one in the project
            oracles = programs.oracles(Path(folder), given.only)
            count = sum(told(oracle, given.seconds / len(oracles), given.seed) for oracle in oracles)
    except KeyboardInterrupt:
        print("\nstopped before its time")
        return 130
    print(f"{count} new kinds of differences")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())

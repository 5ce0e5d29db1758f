"""A lab's hints: `hints.yaml` in its folder, by check and by the way in which that check fails.

A way is recognised by what the check expected and what it found, so the hint for a missing step is not the hint for
a late one. Its three hints say where to look, what to use, and nearly the line; never the solution.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from checks.beside_lab import read_beside
from checks.lab import Lab
from checks.outcomes import CheckResult
from checks.parsing.text.typed import Section

HINTS = "hints.yaml"
OTHERWISE = "otherwise"  # the way that each check has, for whatever no other way recognises
NOWHERE = "your files"


@dataclass(frozen=True, kw_only=True)
class Way(Section):
    """A way to fail: words of the report's `expected` and `found`, and the hints for it.

    All texts may have `{names}` of lab.yaml; the hints may have `{place}`, too: the file and line at fault.
    """

    expected: str = ""
    found: str = ""
    hints: tuple[str, str, str]

    def is_of(self, failed: CheckResult, settings: Mapping[str, object]) -> bool:
        """Whether a check failed in this way."""
        expected, found = (text.format_map(settings) for text in (self.expected, self.found))
        return expected in failed.expected and found in failed.actual


@dataclass(frozen=True, kw_only=True)
class Hints(Section):
    """The hints of one lab: by check, by the name of a way, in the order in which they are tried."""

    checks: Mapping[str, Mapping[str, Way]]


@dataclass(frozen=True, slots=True)
class Hint:
    """The hints for one failed check, the vaguest first; `way` is the name of the way in which it failed."""

    check: CheckResult
    way: str
    texts: tuple[str, ...]


def hint_for(lab: Lab, failed: CheckResult) -> Hint:
    """Return the hints for the way in which a check failed; what the report says itself, if there are none."""
    for name, way in read_hints(lab).checks.get(failed.id, {}).items():
        if way.is_of(failed, lab.written):
            values = {**lab.written, "place": place_of(failed)}
            return Hint(failed, name, tuple(text.format_map(values) for text in way.hints))
    return Hint(failed, "", (failed.help,))


def place_of(failed: CheckResult) -> str:
    """Return the place of a mistake as a part of a sentence: `line 3 of task/Dockerfile`."""
    if failed.file is None:
        return NOWHERE
    return f"line {failed.line} of {failed.file}" if failed.line else failed.file


def read_hints(lab: Lab) -> Hints:
    """Read the hints of a lab, none if it has no such file; raise `LabError`."""
    return read_beside(lab, HINTS, Hints, "checks") or Hints(checks={})

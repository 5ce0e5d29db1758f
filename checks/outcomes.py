"""What came of each check, as plain frozen data, and the two ways in which a check ends without passing.

The JSON form of `Report` is the schema `checks/report/v1`; its keys are stable, because gradebooks and
other programs read them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from checks.amendments import Lateness, Override
from checks.layer_result import LayerResult

Kind = Literal["static", "container"]


class Outcome(StrEnum):
    """The five things that can come of a check; only `FAIL` costs the student points by their own doing."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    BLOCKED = "blocked"  # something it needs did not pass
    NOT_RUN = "not-run"  # no engine, or only a stand-in where the genuine image is needed
    ERROR = "error"  # the grader's own fault, never the student's


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One requirement, judged; `file` is relative to the submission, `line` 1-based, `seconds` wall time.

    A bonus has a `max_score` of 0, and in `score` the points it has brought; these are counted apart. With an
    `override`, `score` is the one that a person has set, and `outcome` still the check's own. `blocked_by` is the
    check for which a blocked one waits.
    """

    id: str
    title: str
    kind: Kind
    outcome: Outcome
    score: int
    max_score: int
    expected: str = ""
    actual: str = ""
    help: str = ""
    file: str | None = None
    line: int | None = None
    seconds: float = 0.0
    blocked_by: str | None = None
    override: Override | None = None

    @property
    def is_open(self) -> bool:
        """Whether neither the check nor a person has come to a verdict."""
        return self.override is None and self.outcome in {Outcome.NOT_RUN, Outcome.ERROR}

    @property
    def costs_points(self) -> bool:
        """Whether points are missing here, and no person has had the last word about that."""
        return self.override is None and self.outcome is Outcome.FAIL

    @property
    def is_bonus(self) -> bool:
        """Whether it is beyond what the lab is worth, won or not."""
        return self.max_score == 0

    @property
    def is_met(self) -> bool:
        """Whether the check passed; where a person has set a score, whether that has all points."""
        if self.override is not None:
            return self.score >= self.max_score
        return self.outcome is Outcome.PASS

    @property
    def waits_for_engine(self) -> bool:
        """Whether it was not run because it lacks an engine; an invalid Dockerfile fails it even without one."""
        return self.kind == "container" and self.outcome is Outcome.NOT_RUN and self.override is None


@dataclass(frozen=True, slots=True)
class LabResult:
    """All checks of one lab, in the order in which the lab's README lists its steps; the layers of its images."""

    id: str
    title: str
    checks: tuple[CheckResult, ...]
    late: Lateness | None = None
    layers: tuple[LayerResult, ...] = ()

    @property
    def score(self) -> int:
        """Points reached, those of a bonus and of lateness aside."""
        return sum(check.score for check in self.checks if not check.is_bonus)

    @property
    def bonus(self) -> int:
        """Points beyond those that could be reached."""
        return sum(check.score for check in self.checks if check.is_bonus)

    @property
    def max_score(self) -> int:
        """Points that could be reached, those of checks that were not run included."""
        return sum(check.max_score for check in self.checks)

    @property
    def deducted(self) -> int:
        """Points that lateness costs, no more than were reached."""
        return min(self.late.points, self.score) if self.late else 0


@dataclass(frozen=True, slots=True)
class Course:
    """The course that graded: its version by git or own number, a digest of what decides verdicts, its edition."""

    version: str
    digest: str
    edition: str = ""


@dataclass(frozen=True, slots=True)
class EngineUsed:
    """Which engine the container checks ran on, its image store, and whether the base images were genuine."""

    kind: Literal["host", "embedded", "none"] = "none"
    version: str = ""
    bases: Literal["genuine", "stand-in", "none"] = "none"
    store: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One submission, graded. `graded_at` is UTC in ISO 8601 with a `Z`.

    `course` and `digest` (of what was handed in) are what a grade can be derived from again.
    """

    submission: str
    graded_at: str
    engine: EngineUsed
    labs: tuple[LabResult, ...]
    course: Course | None = None
    digest: str = ""

    @property
    def score(self) -> int:
        """Points over all labs."""
        return sum(lab.score for lab in self.labs)

    @property
    def final_score(self) -> int:
        """Points over all labs, after what lateness costs."""
        return self.score - sum(lab.deducted for lab in self.labs)

    @property
    def bonus(self) -> int:
        """Points beyond these."""
        return sum(lab.bonus for lab in self.labs)

    @property
    def max_score(self) -> int:
        """Points that could be reached over all labs."""
        return sum(lab.max_score for lab in self.labs)

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        """Every check of every lab, in order."""
        return tuple(check for lab in self.labs for check in lab.checks)

    @property
    def complete(self) -> bool:
        """Whether every check came to a verdict: nothing `not-run`, nothing `error`."""
        return not any(check.outcome in {Outcome.NOT_RUN, Outcome.ERROR} for check in self.checks)


MEND = "Mend this line first: what depends on it cannot be judged before."
NO_MISTAKE = "This is no mistake of yours, and costs no point: grade again once it is mended."


class CheckFailed(Exception):  # noqa: N818 - the word of the design: a verdict, not an error
    """A requirement is not met; the only exception that costs points.

    `file` is relative to the submission (`<lab>/Dockerfile`), `line` is 1-based.
    """

    def __init__(
        self, expected: str, actual: str, help: str = "", *, file: str | None = None, line: int | None = None
    ) -> None:
        super().__init__(expected, actual)
        self.expected = expected
        self.actual = actual
        self.help = help
        self.file = file
        self.line = line


class NotRun(Exception):  # noqa: N818 - an outcome of its own, not an error
    """The requirement cannot be judged on this machine; the sentence says what is missing, `help` what to do."""

    def __init__(self, why: str, help: str = NO_MISTAKE) -> None:
        super().__init__(why)
        self.help = help

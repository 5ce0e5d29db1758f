"""The base of all export formats: what a format gets, what it gives, and how it is declared."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checks.lab import Lab
from checks.outcomes import CheckResult, Report

Lines = Callable[[str], Sequence[str] | None]
"""The lines of a file of a submission, by its name in the report; None when it has none."""


class ExportError(Exception):
    """An export lacks something that only its user can give; the message says what and how to give it."""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of an export, by the name that its reader expects.

    `variable` names an environment variable in which a CI system passes the path of a file to append this text
    to.
    """

    name: str
    text: str
    variable: str | None = None


def _without_lines(_submission: str) -> Lines:
    return lambda _file: None


def _untold(_note: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class ExportInputs:
    """What an export may use beside the reports.

    `static` says that only static checks were asked for. `environment` has the variables of a CI system.
    `sheet` is the text of the export from a learning platform that is filled in. `lines` gives the files of a
    submission by its name. `labs` are those that were graded. `shared` are the files that decide verdicts in all
    labs, by their names in a submission. `earlier` are the reports of the last grading, by submission. `note` tells
    the user what an export leaves out.
    """

    static: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    lines: Callable[[str], Lines] = _without_lines
    labs: Sequence[Lab] = ()
    shared: Mapping[str, Path] = field(default_factory=dict)
    earlier: Mapping[str, Report] = field(default_factory=dict)
    note: Callable[[str], None] = _untold

    def asked(self, checks: Sequence[CheckResult]) -> Sequence[CheckResult]:
        """Return the checks that the grading was asked for: with `--static`, without those that need an engine."""
        return [check for check in checks if not (self.static and check.waits_for_engine)]


OfReport = Callable[[Report, ExportInputs], Iterator[ExportedFile]]
OfClass = Callable[[Sequence[Report], ExportInputs], Iterator[ExportedFile]]


@dataclass(frozen=True, slots=True)
class Format:
    """One export format. Students read what `for_students` says, so `reveal` in lab.yaml applies to it."""

    name: str
    summary: str
    of_report: OfReport | None = None
    of_class: OfClass | None = None
    for_students: bool = True


def report_format(function: OfReport) -> Format:
    """Declare a format with files of its own for each submission; the docstring's first line is its summary."""
    return Format(_name(function), _summary(function), of_report=function)


def class_format(*, for_students: bool) -> Callable[[OfClass], Format]:
    """Declare a format with one set of files for the whole class."""

    def declare(function: OfClass) -> Format:
        return Format(_name(function), _summary(function), of_class=function, for_students=for_students)

    return declare


def _name(function: Callable[..., object]) -> str:
    return function.__name__.replace("_", "-")


def _summary(function: Callable[..., object]) -> str:
    return (function.__doc__ or "").partition("\n")[0]

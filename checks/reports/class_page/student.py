"""One student's part of the class page: the points, each check, the annotated files, the changes, similar work."""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.lab import Lab
from checks.outcomes import LabResult, Report
from checks.reports.class_page.annotated import AnnotatedFile, annotated
from checks.reports.class_page.changes import Change, changes
from checks.reports.class_page.similar import Pair
from checks.reports.formats.format import ExportInputs
from checks.reports.gradebook import status
from checks.reports.verdict import next_step


@dataclass(frozen=True, slots=True)
class Student:
    """What the page shows of one submission; `number` is its place on the page, and part of its link."""

    number: int
    report: Report
    files: Sequence[tuple[LabResult, Sequence[AnnotatedFile]]]
    changes: Sequence[Change]
    similar: Sequence[Pair]

    @property
    def status(self) -> str:
        """The word of the gradebook."""
        return status(self.report)

    @property
    def first_failure(self) -> str:
        """The title of the first failed check; empty if there is none."""
        return next((check.title for check in self.report.checks if check.costs_points), "")

    @property
    def next_step(self) -> str:
        """The sentence that the student reads."""
        return next_step(self.report)

    @property
    def gained(self) -> int:
        """Points won or lost since the last grading."""
        return sum(change.points for change in self.changes)

    def points(self, lab_id: str) -> LabResult | None:
        """Return the result of one lab; None if it was not graded."""
        return next((lab for lab in self.report.labs if lab.id == lab_id), None)


def students(reports: Sequence[Report], pairs: Sequence[Pair], inputs: ExportInputs) -> list[Student]:
    """Return the students in the order of the reports."""
    files = {lab.id: _files_of(lab) for lab in inputs.labs}
    return [
        Student(
            number,
            report,
            [
                (lab, list(annotated(lab, files.get(lab.id, ()), inputs.lines(report.submission))))
                for lab in report.labs
            ],
            list(changes(inputs.earlier.get(report.submission), report)),
            [pair for pair in pairs if number in {pair.first, pair.second}],
        )
        for number, report in enumerate(reports, start=1)
    ]


def _files_of(lab: Lab) -> Sequence[str]:
    names = [*([lab.compose] if lab.compose else []), *lab.images]
    return [f"{lab.id}/{name}" for name in names]

"""Annotations on a student's lines by GitHub Actions' workflow commands, and the whole report as a step summary.

GitHub keeps 10 errors and 10 warnings of a step and drops the rest without a word, so the failures worth most
points come first and a notice counts the others. Each annotation is one line, its text escaped as GitHub's own
toolkit does: no text of a student can begin a command.
"""

from collections.abc import Iterator, Sequence

from checks.outcomes import CheckResult, LabResult, Outcome, Report
from checks.reports.explanation import sentence
from checks.reports.formats.format import ExportedFile, ExportInputs, report_format
from checks.reports.formats.markdown import document, plain
from checks.reports.untouched import changed_files

MOST = 10
"""Annotations of one level that a step may have."""
MOST_CHANGED = 7
"""Changed files that have a notice: up to three notices count what is left out."""
LONGEST_SUMMARY = 1_000_000
"""Characters of a step summary; GitHub refuses one above 1 MiB."""
RESTORED = "Grading took the course's own file, without your changes."
MARGIN = 4
"""Bytes that one character may take in UTF-8."""

Placed = tuple[LabResult, CheckResult]


@report_format
def github(report: Report, inputs: ExportInputs) -> Iterator[ExportedFile]:
    """GitHub Actions: annotations on the student's lines, and a step summary."""
    failed = sorted(_with(report, Outcome.FAIL), key=lambda placed: -placed[1].max_score)
    lines = [*_annotations("error", failed), *_annotations("warning", _with(report, Outcome.ERROR))]
    changed = list(changed_files(report.submission, inputs))
    lines += _notices(changed)
    yield ExportedFile("annotations.txt", "".join(f"{line}\n" for line in lines))
    yield ExportedFile("summary.md", _summary(report, changed), variable="GITHUB_STEP_SUMMARY")


def _with(report: Report, outcome: Outcome) -> list[Placed]:
    return [
        (lab, check)
        for lab in report.labs
        for check in lab.checks
        if check.outcome is outcome and check.override is None
    ]


def _annotations(level: str, placed: Sequence[Placed]) -> Iterator[str]:
    for _, check in placed[:MOST]:
        properties = {"file": check.file, "line": check.line, "endLine": check.line, "title": _title(check)}
        written = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
        yield f"::{level} {written}::{_data(sentence(check))}"
    if (left := len(placed) - MOST) > 0:
        yield f"::notice title=More to see::{left} more of this level are in the step summary"


def _notices(changed: Sequence[str]) -> Iterator[str]:
    for name in changed[:MOST_CHANGED]:
        yield f"::notice file={_property(name)},title=Not yours to change::{RESTORED}"
    if (left := len(changed) - MOST_CHANGED) > 0:
        yield f"::notice title=Not yours to change::{left} more such files are in the step summary"


def _title(check: CheckResult) -> str:
    if check.is_bonus:
        return f"{check.title} (bonus)"
    return f"{check.title} ({check.max_score} {'point' if check.max_score == 1 else 'points'})"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str | int) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")


def _summary(report: Report, changed: Sequence[str]) -> str:
    text = document(report)
    if changed:
        text += "\n".join(
            ["", "## Not yours to change", "", *(f"- {plain(name)}" for name in changed), "", RESTORED, ""]
        )
    if len(text.encode(errors="backslashreplace")) <= LONGEST_SUMMARY:
        return text
    return f"{text[: LONGEST_SUMMARY // MARGIN]}\n\n(cut here: the rest is in the report as JSON)\n"

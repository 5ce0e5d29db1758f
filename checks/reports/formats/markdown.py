"""A report as Markdown, for a pull request, a release or a mail.

A text that may be a student's stands in a fence longer than any run of backticks in it, so that it stays text.
"""

import re
from collections.abc import Iterator

from checks.outcomes import LabResult, Outcome, Report
from checks.reports.explanation import explanation
from checks.reports.formats.format import ExportedFile, ExportInputs, report_format
from checks.reports.verdict import next_step, scores
from checks.sanitize import sanitize_line

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@:-])")
_TOLD = (Outcome.FAIL, Outcome.ERROR, Outcome.NOT_RUN)


@report_format
def markdown(report: Report, _inputs: ExportInputs) -> Iterator[ExportedFile]:
    """Markdown, for a pull request, a release or a mail."""
    yield ExportedFile("report.md", document(report))


def document(report: Report) -> str:
    """Return the report: the points, a table per lab, each reason, the next step."""
    lines = [f"# {plain(report.submission)}", "", *_points(report)]
    for lab in report.labs:
        lines += ["", f"## {lab.title}", "", *_table(lab), *_reasons(lab)]
    return "\n".join([*lines, "", plain(next_step(report)), ""])


def plain(text: str) -> str:
    """Return text on one line in which Markdown finds nothing to format, link or mention."""
    return _SPECIAL.sub(r"\\\1", sanitize_line(text)).replace("\\@", "@\u200b").replace("\\<", "&lt;")


def _points(report: Report) -> Iterator[str]:
    yield from (f"- {name}: **{points}**" for name, points in scores(report).items())


def _table(lab: LabResult) -> Iterator[str]:
    yield from ("| outcome | what is checked | points |", "| --- | --- | ---: |")
    for check in lab.checks:
        title = check.title.replace("|", "\\|").replace("\n", " ")
        points = f"+{check.score}" if check.is_bonus else f"{check.score}/{check.max_score}"
        yield f"| {check.outcome.value} | {title} | {points} |"


def _reasons(lab: LabResult) -> Iterator[str]:
    for check in lab.checks:
        if check.outcome in _TOLD and (text := explanation(check)):
            yield from ("", f"### {check.title}", "", *_fenced(text))


def _fenced(text: str) -> Iterator[str]:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}text", text, fence)

"""What a class did with each check: how many passed, what it failed with, and the commonest wrong line."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checks.outcomes import CheckResult, Outcome, Report
from checks.reports.formats.format import ExportInputs
from checks.sanitize import shortened

MOST = 3
LONGEST = 160  # characters of a reason or a line


@dataclass(frozen=True, slots=True)
class CheckStatistics:
    """One check over a class; `reasons` and `lines` have the commonest first, each with its count."""

    lab: str
    id: str
    title: str
    passed: int
    judged: int
    reasons: Sequence[tuple[str, int]]
    lines: Sequence[tuple[str, int]]


def statistics(reports: Sequence[Report], inputs: ExportInputs) -> Iterator[CheckStatistics]:
    """Yield the statistics of each check, in the order of the labs; checks without a verdict are not counted."""
    groups: dict[tuple[str, str], list[tuple[Report, CheckResult]]] = {}
    for report in reports:
        for lab in report.labs:
            for check in lab.checks:
                groups.setdefault((lab.id, check.id), []).append((report, check))
    for (lab_id, id), group in groups.items():
        failed = [(report, check) for report, check in group if check.outcome is Outcome.FAIL]
        outcomes = Counter(check.outcome for _, check in group)
        judged = len(group) - outcomes[Outcome.NOT_RUN] - outcomes[Outcome.ERROR]
        reasons = Counter(shortened(check.actual, LONGEST) for _, check in failed)
        lines = Counter(filter(None, (_line(report, check, inputs) for report, check in failed)))
        yield CheckStatistics(
            lab_id,
            id,
            group[0][1].title,
            outcomes[Outcome.PASS],
            judged,
            reasons.most_common(MOST),
            lines.most_common(1),
        )


def _line(report: Report, check: CheckResult, inputs: ExportInputs) -> str:
    """Return the line that the check failed at, blanks aside; empty if it names none."""
    if check.file is None or check.line is None:
        return ""
    lines = inputs.lines(report.submission)(check.file) or ()
    return shortened(lines[check.line - 1], LONGEST) if check.line <= len(lines) else ""

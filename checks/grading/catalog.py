"""The checks of a lab as a table for its README: generated, so that it cannot drift."""

import tempfile
from pathlib import Path

from checks.evidence.refused import SubmissionRefused
from checks.grading.engines import Engines
from checks.grading.grade import Turned
from checks.grading.lab import Lab
from checks.grading.outcomes import LabResult
from checks.grading.session import Grading
from checks.reports.progress import Progress

BEGIN, END = "<!-- checks -->", "<!-- /checks -->"


def planned(lab: Lab) -> LabResult:
    """The lab's checks as pytest collects them, none of them run."""
    nobody = Turned("nobody", SubmissionRefused("nobody", "nothing was handed in", ""))
    step = Progress.silent().step
    with tempfile.TemporaryDirectory() as room, Engines("none", step) as engines:
        (result,) = Grading(nobody, [lab], Path(room), engines, step).run("--collect-only").labs
    return result


def table(result: LabResult) -> str:
    """A Markdown table: a number a step, the id, the sentence, the points, and how it is judged."""
    rows = [
        f"| {number} | `{check.id}` | {check.title} | {check.max_score} | {check.kind} |"
        for number, check in enumerate(result.checks, start=1)
    ]
    head = ["| | id | what is checked | points | kind |", "| ---: | --- | --- | ---: | --- |"]
    return "\n".join([*head, *rows, f"| | | | **{result.max_score}** | |"])


def with_table(readme: str, result: LabResult) -> str:
    """The README with the table between its two markers; raises ValueError when a marker is missing."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the README of {result.id} has no place for the table: `{BEGIN}` and `{END}`")
    return f"{before}{BEGIN}\n\n{table(result)}\n\n{END}{after}"

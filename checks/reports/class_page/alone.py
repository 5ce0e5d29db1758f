"""The page of a student's files alone: each line with what it does and costs, and what the checks say of it."""

from collections.abc import Sequence

from checks.outcomes import LabResult
from checks.reports.class_page.annotated import AnnotatedFile
from checks.reports.class_page.templates import filled


def render_alone(lab: LabResult, target: str, files: Sequence[AnnotatedFile]) -> str:
    """Return the page of one lab's files; `target` is what make calls the lab.

    Checks that wait for an engine are counted and not shown, since the verdicts are those of reading.
    """
    judged = [check for check in lab.checks if not check.waits_for_engine]
    return filled(
        "alone.html.jinja",
        lab=lab,
        target=target,
        files=files,
        checks=judged,
        waiting=len(lab.checks) - len(judged),
    )

"""The files of a student's scans, parsed: Trivy's report, the exceptions from it, and the inventory of the image.

A file that cannot be read raises `CheckFailed`, with the file and the line. Only the exceptions may be missing.
"""

from checks.grading.submission import LabSubmission
from checks.parsing.scans.inventory import Inventory, parse_inventory
from checks.parsing.scans.trivy_report import TrivyReport, parse_trivy_report
from checks.parsing.scans.trivyignore import Ignored, parse_trivyignore


def trivy_report(submission: LabSubmission, name: str) -> TrivyReport:
    """Parse Trivy's report."""
    with submission.reading(name):
        return parse_trivy_report(submission.handed_in(name), name)


def exceptions(submission: LabSubmission, name: str) -> tuple[Ignored, ...]:
    """Parse the exceptions; there are none without the file."""
    if name in submission.workspace().missing:
        return ()
    with submission.reading(name):
        return parse_trivyignore(submission.handed_in(name), name)


def inventory(submission: LabSubmission, name: str) -> Inventory:
    """Parse the inventory of the image."""
    with submission.reading(name):
        return parse_inventory(submission.handed_in(name), name)

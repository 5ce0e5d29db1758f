"""A folder of reports: JSON and JUnit XML for each submission, and one gradebook."""

from collections.abc import Iterable
from pathlib import Path

from checks.outcomes import Report
from checks.reports import json_v1
from checks.reports.files import write_atomically
from checks.reports.formats.junit import dump as dump_junit
from checks.reports.gradebook import write_gradebook

GRADEBOOK = "gradebook.csv"


def write_report(report: Report, folder: Path) -> None:
    """Write one submission's `NAME.json` and `NAME.xml`; raise OSError as `open` does."""
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / f"{report.submission}.json", json_v1.dump(report))
    write_atomically(folder / f"{report.submission}.xml", dump_junit(report))


def write_summary(reports: Iterable[Report], folder: Path) -> None:
    """Write the gradebook of these reports; raise OSError as `open` does."""
    folder.mkdir(parents=True, exist_ok=True)
    write_gradebook(reports, folder / GRADEBOOK)

"""A class with everything in it, and what each export needs beside it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from checks.outcomes import Report
from checks.reports.formats import load_format
from checks.reports.formats.format import ExportInputs

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Layers (4711),Essay (4712)\r\n"
    "    Points Possible,,,,,9,10\r\n"
    '"Lovelace, Ada",1001,u-1,ada,A,,7\r\n'
    '"Hopper, Grace",1002,u-2,grace,B,5,8\r\n'
)
MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade),Feedback comments\n"
    'Participant 123,Ada Lovelace,ada@example.org,Submitted,,9.00,"Monday, 23 November",\n'
    "Participant 124,Grace Hopper,grace@example.org,Submitted,5.00,9.00,-,Good.\n"
)
CLASSROOM_50 = {
    "CLASSROOM": "mlops",
    "ASSIGNMENT": "layers",
    "OWNER": "ada",
    "SUBMISSION_TAG": "submit/20261125T154400Z-233cbbf",
    "COMMIT_URL": "https://host.example/ada/layers/commit/233cbbf",
    "SUBMITTED_AT": "2026-11-25T16:44:00+01:00",
    "RELEASE_URL": "https://host.example/ada/layers/releases/1",
}
SHEETS = {"canvas-csv": CANVAS, "moodle-csv": MOODLE}

Export = Callable[..., Mapping[str, str]]


@pytest.fixture
def inputs() -> Callable[[str], ExportInputs]:
    """`inputs(name)`: all that an export of that format needs."""
    return lambda name: ExportInputs(environment=CLASSROOM_50, sheet=SHEETS.get(name))


@pytest.fixture
def export(inputs: Callable[[str], ExportInputs]) -> Export:
    """`export(name, *reports, **changes)`: the files of an export by name; changes are those of its inputs."""

    def exported(name: str, *reports: Report, **changes: object) -> Mapping[str, str]:
        given, found = replace(inputs(name), **changes), load_format(name)  # type: ignore[arg-type]
        if found.of_class is not None:
            return {file.name: file.text for file in found.of_class(reports, given)}
        assert found.of_report is not None
        return {file.name: file.text for report in reports for file in found.of_report(report, given)}

    return exported

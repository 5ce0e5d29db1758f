"""The files of a student's scans: what is wrong with one is said with its name and its line."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from checks.evidence.submission.submission import open_submission
from checks.grading.scan_files import exceptions, inventory, trivy_report
from checks.grading.submission import LabSubmission
from checks.outcomes import CheckFailed
from checks.parsing.text.typed import Section
from tests.made_labs import made_lab

SCAN, EXCEPTIONS, INVENTORY = "scan.json", ".trivyignore.yaml", "sbom.json"


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """The folder of the lab in what a student hands in; empty."""
    folder = tmp_path / "ada" / "lab_scanned"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def submission(tmp_path: Path, handed_in: Path) -> Iterator[LabSubmission]:
    """The submission for a lab that asks for all three files."""
    lab = made_lab(tmp_path / "labs" / handed_in.name, edit=[SCAN, EXCEPTIONS, INVENTORY])
    vars(lab)["own"] = Section()  # it has no check module that could declare settings of its own
    (lab.folder / "app").mkdir()
    (lab.folder / "app" / "main.py").write_text("# Hello World\n")
    (tmp_path / "room").mkdir()
    with open_submission(handed_in.parent) as opened:
        yield LabSubmission(lab, opened, tmp_path / "room")


def test_they_are_read(submission: LabSubmission, handed_in: Path) -> None:
    (handed_in / SCAN).write_text('{"SchemaVersion": 2, "ArtifactName": "service:1"}')
    (handed_in / EXCEPTIONS).write_text("vulnerabilities: [{id: CVE-2024-1}]")
    (handed_in / INVENTORY).write_text('{"bomFormat": "CycloneDX"}')
    assert trivy_report(submission, SCAN).artifact_name == "service:1"
    assert [entry.id for entry in exceptions(submission, EXCEPTIONS)] == ["CVE-2024-1"]
    assert inventory(submission, INVENTORY).packages == {}


def test_exceptions_may_be_missing(submission: LabSubmission) -> None:
    assert exceptions(submission, EXCEPTIONS) == ()


@pytest.mark.parametrize(("read", "name"), [(trivy_report, SCAN), (inventory, INVENTORY)])
def test_the_others_may_not(read: Callable[..., Any], name: str, submission: LabSubmission) -> None:
    with pytest.raises(CheckFailed) as caught:
        read(submission, name)
    assert (caught.value.file, caught.value.actual) == (f"lab_scanned/{name}", "there is none")


@pytest.mark.parametrize(
    ("read", "file", "line"),
    [
        (trivy_report, (SCAN, "{\n,}"), 2),
        (exceptions, (EXCEPTIONS, "vulnerabilities:\n  - {}"), 2),
        (inventory, (INVENTORY, "{}"), 1),
    ],
)
def test_they_must_be_readable(
    read: Callable[..., Any], file: tuple[str, str], line: int, submission: LabSubmission, handed_in: Path
) -> None:
    name, text = file
    (handed_in / name).write_text(text)
    with pytest.raises(CheckFailed) as caught:
        read(submission, name)
    assert (caught.value.file, caught.value.line) == (f"lab_scanned/{name}", line)


def test_a_link_is_not_followed(submission: LabSubmission, handed_in: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("vulnerabilities: []")
    (handed_in / EXCEPTIONS).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CheckFailed):
        exceptions(submission, EXCEPTIONS)

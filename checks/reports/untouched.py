"""Files of the course that are not the student's, and differ in the submission: grading took the course's own.

A student who has changed one may wonder why it has no effect, and an instructor should know.
"""

from collections.abc import Iterator
from pathlib import Path

from checks.lab import Lab
from checks.reports.formats.format import ExportInputs

MOST_BYTES = 1_000_000
"""Of a file that is compared; a lab hands out none that is larger."""


def changed_files(submission: str, inputs: ExportInputs) -> Iterator[str]:
    """Yield the names of such files, those of labs first; one that is missing from the submission is no change."""
    lines = inputs.lines(submission)
    of_labs = {f"{lab.id}/{name}": lab.starter / name for lab in inputs.labs for name in handed_out(lab)}
    for name, path in (of_labs | dict(inputs.shared)).items():
        found = lines(name)
        if found is not None and list(found) != _lines(path):
            yield name


def _lines(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8-sig", errors="replace").split("\n")


def handed_out(lab: Lab) -> Iterator[str]:
    """Yield the files of the lab's folder that students do not hand in."""
    for path in sorted(lab.starter.rglob("*")):
        name = path.relative_to(lab.starter).as_posix()
        is_plain = path.is_file() and not path.is_symlink() and path.stat().st_size <= MOST_BYTES
        if is_plain and name not in lab.edit and "__pycache__" not in path.parts:
            yield name

"""What is handed over with the course: a workflow, an autograder's zip or script that grades at a pinned version.

Each is a template with `@NAMES@`, which no shell, YAML or Python uses; a value that is put in has letters,
digits and `._/-` only, so that it cannot end a string. What grades with a whole course names the edition in force.
"""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from checks.edition import edition_asked
from checks.grading.release import README, ReleaseError, write_release
from checks.grading.scratch import room
from checks.lab import ROOT, Lab

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "handover"
WORKFLOW = Path(".github") / "workflows" / "grade.yml"
PUSHED = "<!-- pushed -->"  # in the README, where a copy with the workflow says what a push does
_COURSE = re.compile(r"([A-Za-z0-9][\w-]*)/([A-Za-z0-9][\w.-]*)@([A-Za-z0-9][\w./-]*)", re.ASCII)
_PROGRAM = 0o755 << 16  # a zip keeps the mode in the upper half


@dataclass(frozen=True, slots=True)
class PinnedCourse:
    """A repository on GitHub at a tag or a commit."""

    owner: str
    repository: str
    ref: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Parse `owner/repository@ref`; raise `ReleaseError` for anything else."""
        if (match := _COURSE.fullmatch(text)) is None or ".." in text:
            raise ReleaseError(
                f"COURSE should be owner/repository@ref, as in ada/docker-lab@v1, and is {text!a}"
            )
        return cls(*match.groups())

    @property
    def names(self) -> Mapping[str, str]:
        """The names of the templates."""
        return {"OWNER": self.owner, "REPO": self.repository, "REF": self.ref}


def write_workflow(directory: Path, course: PinnedCourse) -> None:
    """Write the workflow that grades each push into a students' copy, and into its README what a push does."""
    (directory / WORKFLOW).parent.mkdir(parents=True, exist_ok=True)
    (directory / WORKFLOW).write_text(_filled("grade.yml", course.names), "utf-8")
    readme = directory / README
    told = readme.read_text("utf-8").replace(PUSHED, _filled("pushed.md", course.names).rstrip())
    readme.write_text(told, "utf-8")


def write_autograder(path: Path, course: PinnedCourse, lab: Lab) -> None:
    """Write Classroom 50's autograder for one lab."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_filled("autograder.py.txt", {**course.names, "LAB": lab.id}), "utf-8")


def write_gradescope_zip(path: Path, lab: Lab, root: Path = ROOT) -> None:
    """Write Gradescope's autograder for one lab: two scripts, and the students' copy of the course."""
    with room() as place:
        write_release(place / "course", root)  # before there is a zip, since it may refuse
        path.parent.mkdir(parents=True, exist_ok=True)
        _pack(path, place, lab)


def _pack(path: Path, place: Path, lab: Lab) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path for path in (place / "course").rglob("*") if path.is_file()):
            archive.write(file, file.relative_to(place).as_posix())
        for name in ("setup.sh", "run_autograder"):
            program = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            program.external_attr = _PROGRAM
            archive.writestr(program, _filled(name, {"LAB": lab.id}))


def _filled(template: str, names: Mapping[str, str]) -> str:
    text, edition = (TEMPLATES / template).read_text("utf-8"), edition_asked(ROOT)
    for name, value in {**names, "EDITION": edition.name if edition else ""}.items():
        text = text.replace(f"@{name}@", value)
    return text

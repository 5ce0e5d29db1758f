"""Play a student: write each turn of a script into a copy of the starter, and ask for the report and a hint.

The copy is made from the files that git has, so that work in this folder is neither taken nor touched. As in the
watch, an image is built only when all that can be read is right.
"""

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import ndiff
from pathlib import Path

from checks.evidence.image.figures import MEGA
from checks.evidence.submission.submission import open_submission
from checks.grading.engines import Choice, Engines, Step
from checks.grading.evidence import SubmissionEvidence
from checks.grading.scratch import room
from checks.lab import ROOT, Lab
from checks.loop.hinting import Help, help_with
from checks.loop.script import Script, Turn, Unplayable, written_down

NAME = "ada"


@dataclass(frozen=True, slots=True)
class Scene:
    """One turn as it was played: the lines that went and came, by file, and what the course said."""

    turn: Turn
    edits: Mapping[str, tuple[str, ...]]
    help: Help

    @property
    def met(self) -> str:
        """The check and the way to fail that the report begins with; empty if nothing failed."""
        hint = self.help.hint
        return f"{hint.check.id}/{hint.way}" if hint else ""

    @property
    def is_as_told(self) -> bool:
        """Whether the course said what the script tells; also if nothing failed and an engine was missing."""
        report = self.help.report
        if not self.met and not report.complete:
            return True
        return (self.met, report.score) == (self.turn.meets, self.turn.score)


def play(script: Script, lab: Lab, place: Path, choice: Choice, step: Step) -> Iterator[Scene]:
    """Yield each turn once it is graded; raise `Unplayable` where the script does not fit the starter."""
    folder = place / NAME / lab.id
    _write_starter(lab, folder)
    for turn in script.turns:
        before = _texts(lab, folder)
        _change(turn, lab, folder, choice, step)
        after = _texts(lab, folder)
        edits = {name: tuple(_edits(before[name], after[name])) for name in lab.edit}
        yield Scene(turn, edits, help_with(folder.parent, lab, choice, step, place / "hints"))


def _write_starter(lab: Lab, folder: Path) -> None:
    for name in lab.edit:
        command = ["git", "-C", str(ROOT), "show", f"HEAD:{lab.id}/{name}"]
        try:
            text = subprocess.run(command, capture_output=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError) as error:
            raise Unplayable(f"git does not have the starter's {lab.id}/{name}: work in a clone") from error
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text)


def _texts(lab: Lab, folder: Path) -> Mapping[str, str]:
    return {name: (folder / name).read_text("utf-8") for name in lab.edit}


def _change(turn: Turn, lab: Lab, folder: Path, choice: Choice, step: Step) -> None:
    file = folder / lab.dockerfile
    text = file.read_text("utf-8")
    for change in turn.changes:
        text = change.applied(text)
    file.write_text(text, "utf-8")
    if turn.measures and choice != "none":
        answers = folder / turn.measures
        figures = measured(folder.parent, lab, choice, step)
        answers.write_text(written_down(answers.read_text("utf-8"), figures), "utf-8")


def measured(submission: Path, lab: Lab, choice: Choice, step: Step) -> Mapping[str, str]:
    """Build the main image, and return what dive shows of it, by the names that answers have; raise `NotRun`."""
    with (
        open_submission(submission) as opened,
        room() as place,
        Engines(choice, step, lab.id) as engines,
    ):
        image = SubmissionEvidence([lab], opened, place, engines, step).of(lab.id).image(lab.dockerfile)
    largest = max(image.layers, key=lambda layer: layer.size)
    return {
        "largest_layer": largest.created_by,
        "image_size_mb": f"{image.size / MEGA:.0f}",
        "wasted_space_mb": f"{image.wasted_bytes / MEGA:.0f}",
    }


def _edits(before: str, after: str) -> Iterator[str]:
    """Yield the lines that went (`- `) and came (`+ `); blank ones aside."""
    for line in ndiff(before.splitlines(), after.splitlines()):
        if line[:2] in {"- ", "+ "} and line[2:].strip():
            yield line

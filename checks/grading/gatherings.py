"""The labs of one submission, each gathered once, whether it is graded or only compared with."""

from collections.abc import Sequence
from pathlib import Path

from checks.evidence.workspace import Source
from checks.grading.engines import Engines, Step
from checks.grading.gathering import Gathering
from checks.grading.lab import ROOT, Lab, load_lab
from checks.grading.once import once

SOLUTIONS = ROOT / "solutions"  # instructors have it; the students' copy of the course does not


class Gatherings:
    """Evidence by lab; what two checks ask for is built once, and shared."""

    def __init__(
        self, labs: Sequence[Lab], submission: Source, room: Path, engines: Engines, step: Step
    ) -> None:
        self._labs = {lab.id: lab for lab in labs}
        self._submission = submission
        self._room = room
        self._engines = engines
        self._step = step

    @once
    def of(self, lab_id: str) -> Gathering:
        """The student's own work on a lab, among those graded or not."""
        return self._gathering(lab_id, self._submission, self._room)

    @once
    def reference(self, lab_id: str) -> Gathering | None:
        """The reference solution of a lab; None in a copy of the course that has none."""
        from checks.evidence.submission import open_submission

        if not (SOLUTIONS / lab_id).is_dir():
            return None
        solutions = self._engines.enter_context(open_submission(SOLUTIONS))
        return self._gathering(lab_id, solutions, self._room / "reference")

    def _gathering(self, lab_id: str, source: Source, room: Path) -> Gathering:
        lab = self._labs.get(lab_id) or load_lab(lab_id)
        return Gathering(lab, source, room, self._engines, self._step)

"""The image of an earlier lab, with which a check compares the image of a later one.

It is the student's own if that builds, otherwise the reference solution's. The students' copy of the course has no
solutions; there the figures in `lab.yaml` take its place.
"""

from dataclasses import dataclass

from checks.evidence.image.figures import MEGA
from checks.evidence.image.image import Image
from checks.grading.cached import cached
from checks.grading.evidence import LabEvidence, SubmissionEvidence
from checks.outcomes import CheckFailed
from checks.sections import EarlierImage


@dataclass(frozen=True, slots=True)
class ImageSize:
    """The size of an image. `whose` names the image in a sentence; `efficiency` is between 0 and 1."""

    whose: str
    own_bytes: int
    wasted_bytes: int
    efficiency: float

    @classmethod
    def of(cls, image: Image, whose: str) -> "ImageSize":
        """Return the size of an image."""
        return cls(whose, image.own_bytes, image.wasted_bytes, image.efficiency)


class Baseline:
    """The earlier image; `earlier` names its lab and holds the figures for when it cannot be built."""

    def __init__(self, evidence_by_lab: SubmissionEvidence, earlier: EarlierImage) -> None:
        self._evidence_by_lab = evidence_by_lab
        self._figures = earlier
        self._lab_id = earlier.lab

    @property
    def weight(self) -> ImageSize:
        """The size of the earlier image."""
        return self._own() or self._reference()

    def above(self, megabytes: float) -> ImageSize:
        """Return the earlier size, but the reference's if the student's image adds at most this to its base."""
        own = self._own()
        return own if own and own.own_bytes > megabytes * MEGA else self._reference()

    @cached
    def _own(self) -> ImageSize | None:
        """Return the student's; None if it does not build, which costs points in its own lab and not here."""
        evidence = self._evidence_by_lab.of(self._lab_id)
        try:
            return ImageSize.of(_image(evidence), f"your image of {self._lab_id}")
        except CheckFailed:
            return None

    @cached
    def _reference(self) -> ImageSize:
        evidence = self._evidence_by_lab.reference(self._lab_id)
        if evidence is not None:
            return ImageSize.of(_image(evidence), f"the reference image of {self._lab_id}")
        figures = self._figures
        return ImageSize(
            f"the image of {self._lab_id}, by the figures of the course,",
            int(figures.own_mb * MEGA),
            int(figures.wasted_mb * MEGA),
            figures.efficiency_percent / 100,
        )


def _image(evidence: LabEvidence) -> Image:
    return evidence.image(evidence.lab.dockerfile)

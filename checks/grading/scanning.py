"""Trivy's opinion on a student's image and Dockerfile: secrets and misconfigurations."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence


def findings(evidence: "LabEvidence", name: str) -> tuple[object, ...]:
    """Return what Trivy finds in the image of this Dockerfile and in the Dockerfile itself: HIGH and CRITICAL.

    Findings in the base's layers are not the student's and left out. Raises `NotRun` if Trivy cannot be had.
    """
    raise NotImplementedError

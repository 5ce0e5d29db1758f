"""Assertions about scans of an image: Trivy's report, its findings, and an inventory.

Signatures first; the bodies follow.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checks.parsing.packages.specifiers import Requirement
    from checks.parsing.scans.trivy_report import Ignored, Inventory, TrivyReport


def scan_is_of(report: "TrivyReport", base: str, requirements: Sequence["Requirement"]) -> None:
    """Assert that the report is of an image made from `base` with these requirements in their pinned versions.

    A report of a folder, of an image on another base, without packages, or older than the requirements fails.
    """
    raise NotImplementedError


def nothing_fixable_left(report: "TrivyReport", ignored: Sequence["Ignored"], today: date) -> None:
    """Assert that each HIGH or CRITICAL vulnerability with a fix is ignored, with a reason and until a later day."""
    raise NotImplementedError


def no_secret_and_no_misconfiguration(findings: Sequence[object], file: str) -> None:
    """Assert that there are no findings (checks/grading/scanning.py); `file` is the Dockerfile's name in reports."""
    raise NotImplementedError


def inventory_is_of(inventory: "Inventory", installed: Mapping[str, frozenset[str]]) -> None:
    """Assert that the inventory lists the Python packages of the image, no other, each in its version.

    `installed`: `installed(image.layers)` of `checks.evidence.image.contents`.
    """
    raise NotImplementedError

"""Trivy's report in JSON (`--format json`), schema version 2: the image that was scanned and what was found."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrivyReport:
    """One report."""

    artifact_type: str


def parse_trivy_report(data: bytes, path: str) -> TrivyReport:
    """Parse a report; `path` is its name for messages. Raises ParseError."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Ignored:
    """An exception; `expired_at` is None if it never expires (trivyignore.py)."""

    id: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """The Python packages that an inventory lists: versions by normalised name (inventory.py)."""

    packages: Mapping[str, frozenset[str]]

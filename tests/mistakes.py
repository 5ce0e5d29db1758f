"""The mistakes of a lab: `tests/labs/<lab>/mistakes/<check-id>[.note]`, each laid over the reference solution."""

import shutil
from pathlib import Path

from checks.hints import OTHERWISE, read_hints
from checks.lab import ROOT, Lab


def overlays(lab: Lab) -> list[Path]:
    """The folders `<check-id>[.note]` with the mistakes of a lab."""
    return sorted(
        folder for folder in (ROOT / "tests" / "labs" / lab.id / "mistakes").glob("*") if folder.is_dir()
    )


def id_meant(overlay: Path) -> str:
    """The check that a mistake must fail."""
    return overlay.name.partition(".")[0]


def first_overlay(lab: Lab, check: str) -> Path:
    """The first of the mistakes of a check."""
    return next(overlay for overlay in overlays(lab) if id_meant(overlay) == check)


def way_meant(lab: Lab, overlay: Path) -> str:
    """The way in which it must fail: the one with which its note begins (`one-file`, `one-file-as-config`)."""
    check, _, note = overlay.name.partition(".")
    named = (way for way in read_hints(lab).checks[check] if f"{note}-".startswith(f"{way}-"))
    return next(named, OTHERWISE)


def submission(lab: Lab, overlay: Path, room: Path) -> Path:
    """The solution, with a mistake laid over it."""
    root = room / overlay.name
    shutil.copytree(ROOT / "solutions" / lab.id, root / lab.id)
    shutil.copytree(overlay, root / lab.id, dirs_exist_ok=True)
    return root

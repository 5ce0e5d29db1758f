"""Labs for tests that need only a `lab.yaml`."""

from pathlib import Path
from typing import Any

import yaml

from checks.edition_files import SPEC
from checks.lab import Lab, read_lab

COMMON: dict[str, Any] = {
    "title": "A lab of the tests",
    "summary": "nothing",
    "position": 99,
    "target": "Nothing",
    "edit": ["Dockerfile"],
    "dockerfile": "Dockerfile",
    "base": "scratch",
    "tag": "nothing:test",
    "port": 8000,
    "nonce": {"file": "app/main.py", "text": "Hello World"},
    "start_seconds": 30,
}


def made_lab(folder: Path, **settings: Any) -> Lab:
    """Write a `lab.yaml` with these settings into a folder, and read it; None leaves one out."""
    written = {name: value for name, value in {**COMMON, **settings}.items() if value is not None}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SPEC).write_text(yaml.safe_dump(written, sort_keys=False), "utf-8")
    return read_lab(folder)

"""Programs and packages that only tests use; a test without one is skipped, with the command that installs it."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

TOOLS = "make tools"
DEVELOPING = "make .venv/developing"  # what `make lint` does first


def tool(name: str, brought_by: str = TOOLS) -> Path:
    """A program of the environment."""
    program = Path(sys.executable).with_name(name)
    if not program.is_file():
        pytest.skip(f"{name} is not installed: `{brought_by}` brings it")
    return program


def package(name: str, brought_by: str = DEVELOPING) -> Any:
    """A package that only tests import; the parser of BuildKit has no wheel for some machines."""
    return pytest.importorskip(name, reason=f"{name} is not installed: `{brought_by}` brings it")


def browser() -> Path:
    """A Chromium of the machine's own."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Path(found)
    pytest.skip("there is no Chromium: `apt-get install chromium` brings it")

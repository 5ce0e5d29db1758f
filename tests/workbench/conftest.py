"""A lab of the tests' own, and the engine that it is built on."""

import secrets
import shutil
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.engine import Engine
from checks.engine.ports import free_port
from checks.engine.standins import ensure_base
from checks.lab import ROOT, Lab, load_lab
from tests.terminal import SECONDS

SERVE = 'ENTRYPOINT ["python3", "-m", "http.server"]\nCMD ["{port}"]\n'


@pytest.fixture
def lab(engine: Engine, tmp_path: Path) -> Iterator[Lab]:
    """A lab whose image takes a moment to build, with a tag and a port that nobody else has."""
    folder, tag, port = tmp_path / "tiny", f"workbench-{secrets.token_hex(4)}:test", free_port()
    shutil.copytree(ROOT / "task1_layers", folder)
    base = ensure_base(engine, "python:3.12-slim").name
    (folder / "Dockerfile").write_text(
        f"# syntax=docker/dockerfile:1\nFROM {base}\n{SERVE.format(port=port)}"
    )
    settings = (ROOT / "task1_layers" / "lab.yaml").read_text().splitlines()
    changed = {"target": "Tiny", "tag": tag, "port": port}
    lines = [line for line in settings if line.partition(":")[0] not in changed]
    (folder / "lab.yaml").write_text(
        "\n".join([*lines, *(f"{key}: {value}" for key, value in changed.items())])
    )
    yield load_lab("Tiny", tmp_path)
    for name in engine.client.images.get(tag).tags if engine.client.api.images(tag) else ():
        engine.client.images.remove(name, force=True)


def answer(port: int, path: str = "/") -> int:
    """The status of the first answer."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=SECONDS) as answered:
                return int(answered.status)
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nobody answers on port {port}")

"""BuildKit itself refuses a build that asks for entitlements."""

from pathlib import Path

import pytest

from checks.engine import Engine
from checks.engine.build import build
from checks.engine.events import BuildFailed
from checks.engine.run import Run, running
from checks.engine.standins import ensure_base

REFUSED = {
    "the machine's network": "RUN --network=host true",
    "all capabilities": "RUN --security=insecure true",
    "the grader's keys": "RUN --mount=type=ssh,required true",
    "a device": "RUN --device=vendor.example/device true",
    "a secret that nobody gave": "RUN --mount=type=secret,id=x,required true",
}


@pytest.mark.parametrize("line", REFUSED.values(), ids=REFUSED)
def test_buildkit_refuses(engine: Engine, tmp_path: Path, line: str) -> None:
    base = ensure_base(engine, "python:3.12-slim").name
    (tmp_path / "Dockerfile").write_text(f"FROM {base}\n{line}\n")
    with running(Run()) as run, pytest.raises(BuildFailed) as failed:
        build(engine, run, tmp_path)
    assert "did not complete" not in failed.value.message  # the step was never run

"""Containerd's image store keeps each layer as an archive too, where a hole takes its place on the disk."""

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.engine import Engine, embedded
from checks.engine.build import build
from checks.engine.embedded.suites import CONTAINERD, Choice
from checks.engine.limits import BuildLimits, LimitHit
from checks.engine.run import Run, running

pytestmark = pytest.mark.slow

HALF = "head -c 70000000 /dev/zero"
TOO_MUCH = {
    "a hole": "RUN truncate -s 1G /f",
    "two holes": "RUN truncate -s 80M /f\nRUN truncate -s 90M /g",
    "two files": f"RUN {HALF} > /f\nRUN {HALF} > /g",
    "one twice": f"RUN {HALF} > /f\nFROM x\nCOPY --from=0 /f /a\nCOPY --from=0 /f /b",
}
FAIR = {
    "a file and its archive": f"RUN {HALF} > /f",
    "a hole": "RUN truncate -s 70M /f",
    "copied": f"RUN --mount=type=tmpfs,target=/t {HALF} > /t/f && cp /t/f /f",
}
LIMITS = BuildLimits(seconds=90, disk_mib=100)


@pytest.fixture(scope="module")
def packed(
    own_engine: Engine, saved_base: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """An engine with that store, where nobody else builds."""
    directory = tmp_path_factory.mktemp("packed")
    assert own_engine.directory
    shutil.copytree(own_engine.directory / "tools", directory / "tools", symlinks=True, copy_function=os.link)
    try:
        engine = embedded.start(directory, choice=Choice(store=CONTAINERD))
        engine.run_cli("load", "--input", str(saved_base))
        yield engine
    finally:
        embedded.clean(directory)


def built(engine: Engine, base: str, lines: str, context: Path) -> str:
    """Build these lines, never from the cache."""
    (context / "Dockerfile").write_text(f"FROM {base} AS x\nRUN : {secrets.token_hex(8)}\n{lines}\n")
    with running(Run()) as run:
        return build(engine, run, context, limits=LIMITS)


@pytest.mark.parametrize("lines", TOO_MUCH.values(), ids=TOO_MUCH)
def test_holes_count_where_they_are_written(packed: Engine, debian: str, tmp_path: Path, lines: str) -> None:
    with pytest.raises(LimitHit, match=r"more than 100 MiB .*limit of disk"):
        built(packed, debian, lines, tmp_path)


@pytest.mark.parametrize("lines", FAIR.values(), ids=FAIR)
def test_a_file_and_its_archive_count_once(packed: Engine, debian: str, tmp_path: Path, lines: str) -> None:
    assert built(packed, debian, lines, tmp_path)

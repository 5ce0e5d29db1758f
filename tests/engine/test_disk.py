"""A build or container that writes too much is stopped and told why; others' data and sparse files do not count."""

import os
import secrets
import shutil
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checks.engine import Engine, embedded
from checks.engine.build import build
from checks.engine.disk import POLL_SECONDS, DiskWatch, disk_watch, size_of
from checks.engine.docker_run import run_container
from checks.engine.limits import MIB, BuildLimits, ContainerLimits, LimitHit
from checks.engine.reaper import remove
from checks.engine.run import Run, running
from checks.engine.written import BuildWritten

pytestmark = pytest.mark.slow

FILL = "head -c 150000000 /dev/zero"
TOO_MUCH = {
    "in one file": f"RUN {FILL} > /f; sleep 600",
    "at once": f"RUN {FILL} > /f",
    "in the end of the last step": f"RUN true\nRUN {FILL} > /f",
    "step by step": "\n".join(f"RUN head -c 40000000 /dev/zero > /{step}" for step in range(4)),
    "and takes it away": f"RUN {FILL} > /f; sleep 5; rm /f; sleep 600",
    "without a name": f"RUN exec 3> /f; rm /f; {FILL} >&3; sleep 600",
    "in many small ones": "RUN for i in $(seq 150); do head -c 1000000 /dev/zero > /$i; done; sleep 600",
    "in empty ones": "RUN mkdir /d; cd /d; seq 40000 | xargs touch; sleep 600",
    "in a cache": f"RUN --mount=type=cache,target=/c {FILL} > /c/f; sleep 600",
    "copied over and over": "RUN head -c 40000000 /dev/zero > /f\nFROM x\n"
    + "\n".join(f"COPY --from=0 /f /{copy}" for copy in range(4)),
    "unpacked": "ADD bomb /",
}
FAIR = {
    "below the limit": "RUN head -c 40000000 /dev/zero > /f",
    "a hole": "RUN truncate -s 300M /f",
    "some empty files": "RUN mkdir /d; cd /d; seq 9000 | xargs touch",
    "in memory": f"RUN --mount=type=tmpfs,target=/t {FILL} > /t/f",
    "one file by many names": "RUN head -c 40000000 /dev/zero > /f; for i in $(seq 50); do ln /f /$i; done",
}
LIMITS = BuildLimits(seconds=90, disk_mib=100)


@pytest.fixture(scope="module")
def quiet(own_engine: Engine, saved_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One where nobody else builds: only there does all count that COPY, ADD and short steps write."""
    directory = tmp_path_factory.mktemp("quiet")
    assert own_engine.directory
    shutil.copytree(own_engine.directory / "tools", directory / "tools", symlinks=True, copy_function=os.link)
    try:
        engine = embedded.start(directory)
        engine.run_cli("load", "--input", str(saved_base))
        yield engine
    finally:
        embedded.clean(directory)


@pytest.fixture
def run(quiet: Engine) -> Iterator[Run]:
    """A run there, whose things are gone when the test is over."""
    with running(Run()) as run:
        yield run
        remove(quiet, run)


@pytest.fixture
def built(quiet: Engine, run: Run, debian: str, tmp_path: Path) -> Callable[[str], str]:
    """Build these lines on a base image, never from the cache, beside an archive that unpacks to 150 MB."""

    def call(lines: str) -> str:
        with tarfile.open(tmp_path / "bomb", "w:gz") as archive:
            (tmp_path / "zeros").write_bytes(bytes(150_000_000))
            archive.add(tmp_path / "zeros", "zeros")
            (tmp_path / "zeros").unlink()
        head = f"FROM {debian} AS x\nRUN : {secrets.token_hex(8)}"
        (tmp_path / "Dockerfile").write_text(f"{head}\n{lines}\n")
        return build(quiet, run, tmp_path, limits=LIMITS)

    return call


@pytest.mark.parametrize("lines", TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_build_that_writes_too_much(built: Callable[[str], str], lines: str) -> None:
    with pytest.raises(LimitHit, match=r"more than 100 MiB .*limit of disk"):
        built(lines)


@pytest.mark.parametrize("lines", FAIR.values(), ids=FAIR)
def test_one_that_does_not(built: Callable[[str], str], lines: str) -> None:
    assert built(lines)


def test_what_another_build_writes_is_not_its_own(
    built: Callable[[str], str], quiet: Engine, debian: str, tmp_path: Path
) -> None:
    """The other one has its own slot, and a limit of its own that it does not run into."""
    (tmp_path / "other").mkdir()
    text = f"FROM {debian}\nRUN sleep 3; {FILL} > /f; sleep 10; : {secrets.token_hex(8)}\n"
    (tmp_path / "other" / "Dockerfile").write_text(text)

    def fill() -> None:
        with running(Run()) as other:
            build(quiet, other, tmp_path / "other", limits=BuildLimits(seconds=90))
            remove(quiet, other)

    thread = threading.Thread(target=fill)
    thread.start()
    try:
        assert built("RUN sleep 12")
    finally:
        thread.join()


def test_what_a_build_has_written_that_ended_meanwhile_is_not_its_own(
    quiet: Engine, run: Run, debian: str, tmp_path: Path
) -> None:
    assert quiet.directory
    slot = run.slot(quiet.directory)
    written = BuildWritten(quiet.directory, tuple, slot.alone_since)
    (tmp_path / "Dockerfile").write_text(f"FROM {debian}\nRUN {FILL} > /f; : {secrets.token_hex(8)}\n")
    with running(Run()) as other:
        build(quiet, other, tmp_path)
        assert written() == 0
        remove(quiet, other)
    assert slot.alone_since() is not None
    assert written() == 0


WRITES = {
    "to its layer": f"{FILL} > /f; sleep 600",
    "to a volume": f"{FILL} > /volume/f; sleep 600",
    "without a name": f"exec 3> /f; rm /f; {FILL} >&3; sleep 600",
}


@pytest.fixture
def booted(quiet: Engine, run: Run, debian: str, tmp_path: Path) -> Callable[[str], str | None]:
    """Boot an image with a volume, and run this in it; the limit that it ran into within a minute."""

    def call(script: str) -> str | None:
        (tmp_path / "Dockerfile").write_text(f"FROM {debian}\nVOLUME /volume\n")
        image = build(quiet, run, tmp_path)
        with run_container(
            quiet, run, image, command=["sh", "-c", script], limits=ContainerLimits(disk_mib=100)
        ) as running:
            running.wait_over(60)
            return running.limit_hit()

    return call


@pytest.mark.parametrize("script", WRITES.values(), ids=WRITES)
def test_a_container_that_writes_too_much(booted: Callable[[str], str | None], script: str) -> None:
    assert "more than 100 MiB (its limit of disk)" in str(booted(script))


def test_one_that_writes_into_memory_or_less(booted: Callable[[str], str | None]) -> None:
    assert booted("head -c 40000000 /dev/zero > /f; head -c 60000000 /dev/zero > /dev/shm/f; sleep 6") is None


def test_nothing_is_measured_while_space_does_not_shrink(tmp_path: Path) -> None:
    with disk_watch([tmp_path], 1_000_000, lambda: 1 / 0, lambda: None) as watch:  # type: ignore[arg-type,return-value]
        threading.Event().wait(1)
    assert not watch.hit


def test_the_size_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "f").write_bytes(secrets.token_bytes(1_000_000))
    (tmp_path / "link").symlink_to("/usr")
    assert 1_000_000 <= size_of(tmp_path) < 1_100_000


def test_what_others_take_away_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The free space of a disk that nobody else uses: what other tests delete meanwhile is not seen."""
    monkeypatch.setattr(DiskWatch, "_free_now", lambda _: 10**12 - size_of(tmp_path))
    theirs, own = tmp_path / "theirs", tmp_path / "own"
    own.mkdir()
    _fill(theirs, 300)
    with disk_watch([tmp_path], 100, lambda: size_of(own), lambda: None) as watch:
        theirs.unlink()
        time.sleep(2 * POLL_SECONDS)
        _fill(own / "file", 150)
    assert watch.hit


def _fill(file: Path, mib: int) -> None:
    with file.open("wb") as stream:
        stream.write(bytes(mib * MIB))
        os.fsync(stream.fileno())

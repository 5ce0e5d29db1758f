"""A worker does task after task; what one task did to it does not reach the next."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

import pytest

from checks.grading import working
from checks.grading.worker import Crew
from tests.forked import FORKS


@dataclass(frozen=True)
class Deed:
    """A task that does one thing to its process, and writes what it found."""

    what: str
    file: Path
    is_long: bool = False


def _do(deed: Deed) -> None:
    deed.file.write_text(f"{os.getpid()} {os.getcwd()} {os.environ.get('LEFT')}")  # noqa: PTH109 - as text
    match deed.what:
        case "changes":
            os.environ["LEFT"] = "something"
            os.chdir("/")
        case "grows":
            bytearray(2 * working.MAX_GROWTH)
        case "computes":
            working.MAX_CPU_SECONDS = 0.01
            while time.process_time() < 0.2:
                pass
        case "is the last":
            working.MAX_TASKS = 1
        case "dies":
            os._exit(3)
        case "fails":
            raise RuntimeError("a fault of the grader's")


@pytest.fixture
def crew() -> Iterator[Crew]:
    with Crew(FORKS, _do) as crew:
        yield crew


def done(crew: Crew, deed: Deed) -> str:
    """Have the crew do it; return what it found."""
    worker = crew.worker()
    worker.give(deed)
    while not worker.is_done:
        wait(worker.signs)
    crew.back(worker)
    return deed.file.read_text()


@pytest.mark.parametrize(
    ("what", "is_long", "is_kept"),
    [
        ("nothing", False, True),
        ("changes", False, True),
        ("nothing", True, False),
        ("grows", False, False),
        ("computes", False, False),
        ("is the last", False, False),
        ("dies", False, False),
        ("fails", False, False),
    ],
)
def test_what_a_task_does(crew: Crew, tmp_path: Path, what: str, *, is_long: bool, is_kept: bool) -> None:
    first = done(crew, Deed(what, tmp_path / "first", is_long))
    second = done(crew, Deed("nothing", tmp_path / "second"))
    assert first.split()[1:] == second.split()[1:]
    assert (first.split()[0] == second.split()[0]) == is_kept


def test_one_that_died_without_a_task_is_found_out(crew: Crew, tmp_path: Path) -> None:
    done(crew, Deed("nothing", tmp_path / "first"))
    worker = crew.worker()
    worker.process.kill()
    worker.process.join()
    worker.give(Deed("nothing", tmp_path / "second"))
    assert worker.is_done
    crew.back(worker)
    assert done(crew, Deed("nothing", tmp_path / "third"))


def test_one_that_was_killed_while_it_waited_gets_no_task(crew: Crew, tmp_path: Path) -> None:
    done(crew, Deed("nothing", tmp_path / "first"))
    killed = crew.worker()
    pid = killed.process.pid
    crew._idle.append(killed)  # noqa: SLF001 - it did no task meanwhile
    killed.process.kill()
    killed.process.join()
    assert done(crew, Deed("nothing", tmp_path / "second")).split()[0] != str(pid)


def test_one_without_a_task_ends_at_once(crew: Crew, tmp_path: Path) -> None:
    done(crew, Deed("nothing", tmp_path / "first"))
    worker = crew.worker()
    began = time.monotonic()
    worker.stop(60.0)
    assert time.monotonic() - began < 60.0
    assert not worker.process.is_alive()

"""The watch in a terminal of 80 columns: what a student sees, presses and leaves behind."""

import os
import random
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import wait
from pathlib import Path

import pytest

from checks.engine import Engine
from checks.lab import ROOT, Lab, load_lab
from checks.loop.attempts import attempts
from checks.loop.changes import saves
from tests.terminal import CONTROL_C, Terminal, terminal

pytestmark = pytest.mark.slow

SIZE = (40, 80)
QUIT = b"q"
COLOUR = re.compile(rb"\x1b\[[0-9;]+m")
Save = Callable[..., None]


@pytest.fixture
def lab() -> Lab:
    lab = load_lab("task1_layers")
    lab.validate()
    return lab


@pytest.fixture
def folder(lab: Lab, tmp_path: Path) -> Path:
    """A submission with the reference solution."""
    (tmp_path / "ada" / lab.id).mkdir(parents=True)
    for name in lab.edit:
        (tmp_path / "ada" / lab.id / name).write_bytes((ROOT / "solutions" / lab.id / name).read_bytes())
    return tmp_path / "ada"


@pytest.fixture
def save(folder: Path, lab: Lab) -> Save:
    """`save(find, replacement)`: the solution with another text in it, written as editors do."""
    right = (folder / lab.id / "Dockerfile").read_text()

    def written(find: str = "", replacement: str = "") -> None:
        assert find in right
        beside = folder / lab.id / ".Dockerfile.swp"
        beside.write_text(right.replace(find, replacement) if find else right)
        beside.replace(folder / lab.id / "Dockerfile")

    return written


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """Where the watch makes its temporary files."""
    (tmp_path / "tmp").mkdir()
    return tmp_path / "tmp"


@pytest.fixture
def watched(folder: Path, scratch: Path, save: Save) -> Iterator[Terminal]:
    """The watch of a Dockerfile with another base and another port, once it has read it."""
    save("FROM ubuntu:20.04", "FROM ubuntu:22.04")
    words = ("-m", "checks", "watch", "task1_layers", str(folder))
    with terminal(*words, environment={"TMPDIR": str(scratch), "NO_COLOR": "1"}, size=SIZE) as shown:
        shown.wait_for("it is `ubuntu:22.04`", "checks passed")
        yield shown


def _page(shown: Terminal) -> list[str]:
    """The lines of the last page."""
    return shown.screen.rpartition("Layers  ")[2].split("\r\n")


def test_the_next_thing_is_at_the_top_and_what_passes_is_folded(watched: Terminal) -> None:
    page = _page(watched)
    assert page[2].startswith("✗ The image starts from `ubuntu:20.04`.")
    assert "✓ 11 checks passed" in page
    assert max(map(len, page)) <= SIZE[1]


def test_no_colours_when_none_are_wanted(watched: Terminal) -> None:
    assert not COLOUR.search(watched.seen)


def test_a_save_is_read_and_what_it_changed_is_marked(watched: Terminal, save: Save) -> None:
    save("EXPOSE 8000", "EXPOSE 80")
    watched.wait_for("it is `80/tcp`", "`ubuntu:20.04`.  since the last save\r\n")
    page = _page(watched)
    assert page[2] == "✗ Port 8000 is exposed.  1 point  new since the last save"
    assert "✓ The image starts from `ubuntu:20.04`.  since the last save" in page


def test_one_hint_more_for_each_press(watched: Terminal) -> None:
    remembered = ROOT / "out" / "hints" / "ada.task1_layers.json"
    remembered.unlink(missing_ok=True)
    for number in (1, 2):
        watched.press(b"h")
        watched.wait_for(f"hint {number}")
    remembered.unlink()


def test_containers_come_when_all_that_can_be_read_is_right(watched: Terminal, save: Save) -> None:
    """There is no engine here, which the page says when the container checks had their turn."""
    save()
    watched.wait_for("builds and boots", "Not run:", "start Docker", "5 checks not run yet")


def _hang_up(shown: Terminal) -> None:
    """As when the connection breaks."""
    shown.process.send_signal(signal.SIGHUP)


ENDS: dict[str, Callable[[Terminal], None]] = {
    "q": lambda shown: shown.press(QUIT),
    "Ctrl-C": lambda shown: shown.press(CONTROL_C),
    "hang-up": _hang_up,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_nothing_is_left(watched: Terminal, scratch: Path, end: Callable[[Terminal], None]) -> None:
    during = watched.settings
    end(watched)
    assert watched.end() == 0
    assert watched.settings == watched.found != during
    assert "Traceback" not in watched.screen
    assert list(scratch.iterdir()) == []
    assert _processes_of(watched.process.pid) == []


def _processes_of(session: int) -> list[str]:
    """The processes of a session that are at work, the fork server aside, which ends once nobody asks it."""
    _within(20, lambda: not list(_at_work(session)))
    return list(_at_work(session))


def _at_work(session: int) -> Iterator[str]:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] != "Z":
                yield (entry / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue


def test_a_newer_grading_ends_the_older_one(folder: Path, lab: Lab) -> None:
    with attempts(folder, lab) as at_work:
        at_work.begin("none")
        older = at_work.signs
        at_work.begin("none")
        newer = at_work.signs
        assert older != newer
        deadline = time.monotonic() + 120
        while (report := at_work.report()) is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert report.score == 14
        assert at_work.choice is None


def test_what_was_ended_does_not_wait_for_another_task(folder: Path, lab: Lab) -> None:
    with attempts(folder, lab) as at_work:
        ends = list[int]()
        for seconds in (
            3.0,
            0.01,
            0.02,
            0.03,
            0.04,
            0.05,
            0.06,
            0.1,
            0.2,
        ):  # the first begins the fork server
            at_work.begin("none")
            ends.append(at_work.signs[1])
            time.sleep(seconds)
        at_work.end()
        assert all(wait([end], 30) for end in ends)


def test_only_files_that_are_handed_in_count(folder: Path, lab: Lab, save: Save) -> None:
    with saves(folder, lab) as changed:
        time.sleep(1)
        os.set_blocking(changed, False)
        (folder / lab.id / "notes.txt").write_text("mine")
        time.sleep(1)
        with pytest.raises(BlockingIOError):
            os.read(changed, 1)
        save("EXPOSE 8000", "EXPOSE 80")
        os.set_blocking(changed, True)
        assert os.read(changed, 1)


@pytest.mark.parametrize("words", [["watch", "NoSuchLab"], ["watch", "Task1", "solutions/no-such-folder"]])
def test_a_mistake_on_the_command_line_is_told(words: list[str]) -> None:
    with terminal("-m", "checks", *words) as shown:
        assert shown.end() == 2
        assert "there is no" in shown.screen
        assert "Traceback" not in shown.screen


def test_a_save_ends_the_build(folder: Path, save: Save, engine: Engine) -> None:
    """The file that is built sleeps in its first step; the step ends when another file takes its place."""
    if engine.kind != "embedded":
        pytest.skip("what an engine of another kind runs cannot be seen from here")
    nap = f"sleep {random.randrange(10_000, 99_999)}"
    save("ENV PYTHONUNBUFFERED", f"RUN {nap}\nENV PYTHONUNBUFFERED")
    with terminal("-m", "checks", "watch", "task1_layers", str(folder), size=SIZE) as shown:
        shown.wait_for("builds and boots")
        assert _within(60, lambda: _naps(nap)), shown.screen
        save("EXPOSE 8000", "EXPOSE 80")
        shown.wait_for("it is `80/tcp`")
        assert _within(30, lambda: not _naps(nap))
        shown.press(QUIT)
        assert shown.end() == 0


def _naps(nap: str) -> bool:
    """Whether the step is at work: the engine runs it as a process of this machine."""
    return any(_is_nap(entry, nap) for entry in Path("/proc").glob("[0-9]*"))


def _is_nap(entry: Path, nap: str) -> bool:
    with suppress(OSError):
        return (entry / "cmdline").read_bytes() == nap.replace(" ", "\0").encode() + b"\0"
    return False


def _within(seconds: float, is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not (so := is_so()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return so

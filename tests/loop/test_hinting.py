"""One hint more each time, for the first thing that is wrong; what was shown is remembered beside the course."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.hints import read_hints
from checks.lab import Lab, LabError, load_lab
from checks.loop.hinting import Help, help_with, print_help
from checks.loop.memory import Memory, state_of
from checks.outcomes import Course, EngineUsed, LabResult, Report
from checks.reports.page import Page, open_console
from checks.reports.progress import Progress
from tests.made_labs import made_lab

Hand = Callable[..., Path]
UPDATE_TOO_EARLY = """\
FROM ubuntu:20.04
ARG DEBIAN_FRONTEND=noninteractive
ENV PYTHONUNBUFFERED=1
RUN apt-get update
RUN apt-get install -y software-properties-common
RUN add-apt-repository -y ppa:deadsnakes/ppa
RUN apt-get install -y python3.8
"""
NO_UPDATE = UPDATE_TOO_EARLY.replace("RUN apt-get update\n", "")


@pytest.fixture
def lab() -> Lab:
    return load_lab("task1_layers")


@pytest.fixture
def hand(tmp_path: Path, lab: Lab) -> Hand:
    """`hand(text)`: the same submission each time, with another Dockerfile."""

    def written(text: str) -> Path:
        root = tmp_path / "ada"
        (root / lab.id).mkdir(parents=True, exist_ok=True)
        (root / lab.id / "Dockerfile").write_text(text)
        return root

    return written


@pytest.fixture
def ask(lab: Lab, tmp_path: Path) -> Callable[[Path], Help]:
    """As the command does."""
    return lambda root: help_with(root, lab, "none", Progress.silent().step, tmp_path / "out")


def _way(help: Help) -> str:
    assert help.hint is not None
    return f"{help.hint.check.id}/{help.hint.way}"


def test_one_more_each_time(hand: Hand, ask: Callable[[Path], Help]) -> None:
    root = hand("FROM ubuntu:22.04\n")
    assert [len(ask(root).shown) for _ in range(5)] == [1, 2, 3, 3, 3]


def test_another_way_to_fail_begins_anew_and_the_first_is_remembered(
    hand: Hand, ask: Callable[[Path], Help]
) -> None:
    for text, way, shown in (
        ("FROM ubuntu:22.04\n", "starts-from-ubuntu/otherwise", 1),
        (UPDATE_TOO_EARLY, "python-comes-from-deadsnakes/update-too-early", 1),
        (NO_UPDATE, "python-comes-from-deadsnakes/update-missing", 1),
        (f"{UPDATE_TOO_EARLY}RUN apt-get update\n", "python-comes-from-deadsnakes/otherwise", 1),
        (UPDATE_TOO_EARLY, "python-comes-from-deadsnakes/update-too-early", 2),
        ("FROM ubuntu:22.04\nRUN true\n", "starts-from-ubuntu/otherwise", 2),
    ):
        help = ask(hand(text))
        assert (_way(help), len(help.shown)) == (way, shown)


def test_hints_name_the_place(hand: Hand, ask: Callable[[Path], Help]) -> None:
    assert "line 2 of task1_layers/Dockerfile" in ask(hand("# mine\nFROM ubuntu:22.04\n")).shown[0]


@pytest.mark.parametrize(
    "broken", ["", "{", "[]", '{"levels": 1}', '{"levels": {"a": "x"}, "files": "", "report": null}']
)
def test_a_broken_memory_is_forgotten(
    hand: Hand, ask: Callable[[Path], Help], tmp_path: Path, broken: str
) -> None:
    root = hand("FROM ubuntu:22.04\n")
    ask(root)
    (written,) = (tmp_path / "out").iterdir()
    written.write_text(broken)
    assert len(ask(root).shown) == 1
    assert json.loads(written.read_text())["levels"] == {"starts-from-ubuntu/otherwise": 1}


def test_nothing_is_written_into_the_submission(hand: Hand, ask: Callable[[Path], Help]) -> None:
    root = hand("FROM ubuntu:22.04\n")
    before = sorted(root.rglob("*"))
    ask(root)
    assert sorted(root.rglob("*")) == before


def test_where_nothing_can_be_remembered_the_first_hint_is_shown(
    hand: Hand, lab: Lab, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file, and no folder")
    root, step = hand("FROM ubuntu:22.04\n"), Progress.silent().step
    assert [len(help_with(root, lab, "none", step, tmp_path / "out").shown) for _ in range(2)] == [1, 1]


def test_a_report_is_known_for_the_files_that_it_is_about(
    hand: Hand, lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = hand("FROM ubuntu:20.04\n")
    report = Report("ada", "2026-11-21T10:00:00Z", EngineUsed(), (LabResult(lab.id, "Layers", ()),))
    memory = Memory.of(root, lab, tmp_path).with_report(state_of(root, lab), report)
    memory.write()
    assert Memory.of(root, lab, tmp_path).report_about(state_of(root, lab)) == report
    assert Memory.of(root, lab, tmp_path).report_about(state_of(hand("FROM ubuntu:22.04\n"), lab)) is None
    root = hand("FROM ubuntu:20.04\n")
    assert Memory.of(root, lab, tmp_path).report_about(state_of(root, lab)) == report
    monkeypatch.setattr("checks.loop.memory.course", lambda: Course("2", "sha256:another"))
    assert Memory.of(root, lab, tmp_path).report_about(state_of(root, lab)) is None, "another course judges"


def test_the_page(hand: Hand, ask: Callable[[Path], Help], lab: Lab) -> None:
    root, stream = hand("FROM ubuntu:22.04\n"), io.StringIO()
    for _ in range(2):
        print_help(Page(open_console(stream)), lab, ask(root))
    first, _, second = stream.getvalue().partition("2 more: make hintTask1")
    assert ("hint 1" in first, "hint 2" in first) == (True, False)
    assert ("hint 1" in second, "hint 2" in second, "1 more: make hintTask1" in second) == (True, True, True)


def test_hints_that_cannot_be_read_are_named_with_their_line(tmp_path: Path) -> None:
    lab = made_lab(tmp_path)
    (tmp_path / "hints.yaml").write_text("builds:\n  otherwise:\n    hints: [one, two]\n")
    with pytest.raises(LabError, match=r"hints\.yaml:3: .*hints"):
        read_hints(lab)

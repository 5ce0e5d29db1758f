"""A student is played from the starter to full marks; each turn meets what its script tells."""

from pathlib import Path

import pytest

from checks.grading.catalog import planned
from checks.lab import ROOT, Lab, LabError, load_lab
from checks.loop.playing import Scene, play
from checks.loop.script import SCRIPT, Change, Script, Turn, Unplayable, read_script, written_down
from checks.reports.progress import Progress

pytestmark = [pytest.mark.builds_lab("task1_layers"), pytest.mark.slow]

STEP = Progress.silent().step


@pytest.fixture
def lab() -> Lab:
    return load_lab("task1_layers")


@pytest.fixture
def script(lab: Lab) -> Script:
    return read_script(ROOT / "tests" / "labs" / lab.id / SCRIPT)


def _story(scenes: list[Scene]) -> list[tuple[str, str, int]]:
    return [(scene.turn.tells, scene.met, scene.help.report.score) for scene in scenes]


def _told(turns: tuple[Turn, ...]) -> list[tuple[str, str, int]]:
    return [(turn.tells, turn.meets, turn.score) for turn in turns]


def test_what_can_be_read_is_met_as_told(script: Script, lab: Lab, tmp_path: Path) -> None:
    """Where all that can be read is right, an engine has to tell the rest: the test below."""
    scenes = list(play(script, lab, tmp_path, "none", STEP))
    met = [scene for scene in scenes if scene.met]
    assert _story(met) == _told(tuple(scene.turn for scene in met))
    container = {check.id for check in planned(lab).checks if check.kind == "container"}
    left = {scene.turn.meets.partition("/")[0] for scene in scenes if not scene.met}
    assert left <= {*container, ""}


@pytest.mark.usefixtures("engine")
def test_the_whole_way_to_full_marks(script: Script, lab: Lab, tmp_path: Path) -> None:
    scenes = list(play(script, lab, tmp_path, "auto", STEP))
    assert _story(scenes) == _told(script.turns)
    assert scenes[-1].help.report.complete
    assert scenes[-1].help.report.score == scenes[-1].help.report.max_score


def test_every_check_that_people_fail_is_met(script: Script, lab: Lab) -> None:
    met = {turn.meets.partition("/")[0] for turn in script.turns}
    assert met == {*(check.id for check in planned(lab).checks), ""}


def test_it_begins_with_the_starter_and_touches_no_work(script: Script, lab: Lab, tmp_path: Path) -> None:
    before = {name: (lab.folder / name).read_bytes() for name in lab.edit}
    first = next(play(script, lab, tmp_path, "none", STEP))
    assert first.help.report.score == 0
    assert not any(first.edits.values())
    assert {name: (lab.folder / name).read_bytes() for name in lab.edit} == before


@pytest.mark.parametrize(("text", "count"), [("FROM b\n", 0), ("FROM a\nFROM a\n", 2)])
def test_words_that_do_not_stand_once(text: str, count: int) -> None:
    with pytest.raises(Unplayable, match=f"`FROM a` stands {count} times"):
        Change(old="FROM a", new="FROM c").applied(text)


def test_figures_are_written_behind_their_keys() -> None:
    answers = "# mine\nimage_size_mb: # TODO\nother: 1\n"
    assert written_down(answers, {"image_size_mb": "604"}) == "# mine\nimage_size_mb: 604\nother: 1\n"


def test_a_script_with_a_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / SCRIPT).write_text("turns:\n  - tells: a\n    meets: b\n    scor: 1\n")
    with pytest.raises(LabError, match=r"student\.yaml:[24]: "):
        read_script(tmp_path / SCRIPT)

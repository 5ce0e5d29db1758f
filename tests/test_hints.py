"""Each lab has hints for every way to fail that its mistakes know, and none of them is the solution.

A mistake that only an engine shows is tried in test_labs.py, where it is graded anyway.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.grading.catalog import planned
from checks.hints import OTHERWISE, Way, hint_for, read_hints
from checks.lab import ROOT, Lab, all_labs
from checks.outcomes import CheckResult, Outcome
from checks.reports import json_v1
from tests.mistakes import id_meant, overlays, submission, way_meant

EVERY_LAB = pytest.mark.parametrize("lab", all_labs(), ids=lambda lab: lab.id)
LEAST_WORDS = 3  # of a line that would give the solution away: `WORKDIR /server` is in the README


def ways(lab: Lab) -> Iterator[tuple[str, Way]]:
    """Each way of each check, with its name: `builds/otherwise`."""
    for check, named in read_hints(lab).checks.items():
        for name, way in named.items():
            yield f"{check}/{name}", way


@EVERY_LAB
def test_every_check_has_hints(lab: Lab) -> None:
    assert list(read_hints(lab).checks) == [check.id for check in planned(lab).checks]


@EVERY_LAB
def test_every_way_has_words_that_tell_it_and_the_last_one_has_none(lab: Lab) -> None:
    for check, named in read_hints(lab).checks.items():
        assert list(named)[-1] == OTHERWISE, check
    told = {name for name, way in ways(lab) if way.expected or way.found}
    assert told == {name for name, _ in ways(lab) if not name.endswith(f"/{OTHERWISE}")}


@EVERY_LAB
def test_every_hint_can_be_shown(lab: Lab) -> None:
    """Its names are settings of the lab, and no hint is another one."""
    for name, way in ways(lab):
        failed = CheckResult(
            name.partition("/")[0], "", "static", Outcome.FAIL, 0, 1, way.expected, way.found
        )
        assert way.is_of(failed, lab.written) or "{" in way.expected + way.found, name
        texts = hint_for(lab, failed).texts
        assert len({*texts}) == len(way.hints), name
        assert all(texts), name


@EVERY_LAB
def test_no_hint_is_a_line_of_the_solution(lab: Lab) -> None:
    lines = {line.strip() for path in _solution(lab) for line in path.read_text("utf-8").splitlines()}
    long = [line for line in lines if len(line.split()) >= LEAST_WORDS and not line.startswith("#")]
    assert long
    given = [
        (name, line)
        for name, way in ways(lab)
        for line in long
        for hint in way.hints
        if line in _filled(lab, hint)
    ]
    assert given == []


def _solution(lab: Lab) -> list[Path]:
    """The files that are written by hand; a lock is made."""
    paths = (ROOT / "solutions" / lab.id / name for name in lab.edit if not name.endswith(".lock"))
    return [path for path in paths if path.is_file()]


def _filled(lab: Lab, hint: str) -> str:
    return hint.format_map({**lab.written, "place": ""})


@pytest.mark.slow
@EVERY_LAB
def test_each_static_mistake_finds_its_hint(lab: Lab, tmp_path: Path) -> None:
    """All in one grading: the report of each says how its check failed."""
    static = {check.id for check in planned(lab).checks if check.kind == "static"}
    tried = {overlay.name: overlay for overlay in overlays(lab) if id_meant(overlay) in static}
    roots = [str(submission(lab, overlay, tmp_path)) for overlay in tried.values()]
    command = [sys.executable, "-m", "checks", "grade", *roots, "--lab", lab.id, "--static"]
    subprocess.run([*command, "--out", str(tmp_path / "out")], cwd=ROOT, check=False, capture_output=True)
    found = {name: _way(lab, overlay, tmp_path / "out" / f"{name}.json") for name, overlay in tried.items()}
    assert found == {name: way_meant(lab, overlay) for name, overlay in tried.items()}


def _way(lab: Lab, overlay: Path, written: Path) -> str:
    report = json_v1.load(written.read_text("utf-8"))
    (failed,) = (check for check in report.checks if check.id == id_meant(overlay))
    assert failed.outcome is Outcome.FAIL, overlay.name
    return hint_for(lab, failed).way

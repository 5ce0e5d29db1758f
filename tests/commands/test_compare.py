"""Two gradings side by side: which checks changed for whom, with the old and the new score."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from checks.amendments import Lateness, Override
from checks.commands.compare import CHANGED, SAME
from checks.commands.status import WRONG_USAGE
from checks.outcomes import CheckResult, EngineUsed, LabResult, Outcome, Report
from checks.reports import json_v1
from tests.forked import Done, run_checks

PASSED = CheckResult("builds", "It builds.", "static", Outcome.PASS, 2, 2)
FAILED = replace(PASSED, outcome=Outcome.FAIL, score=0)
OTHER = CheckResult("serves", "It serves.", "static", Outcome.PASS, 1, 1)
SET = replace(FAILED, score=1, override=Override(1, 0, "Nearly.", "2026-11-24"))
LATE = Lateness("2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z", "the roster", 1, 1)
Compare = Callable[..., Done]


def _report(name: str, *checks: CheckResult, late: Lateness | None = None, day: int = 21) -> Report:
    labs = (LabResult("lab", "Lab", checks, late),)
    return Report(name, f"2026-11-{day}T10:00:00Z", EngineUsed(), labs)


def _write(folder: Path, reports: Sequence[Report]) -> Path:
    folder.mkdir(parents=True)
    for number, report in enumerate(reports):
        (folder / f"{report.submission}.{number}.json").write_text(json_v1.dump(report))
    (folder / "other.json").write_text("{}")
    return folder


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    """`compare(older, newer)`: two lists of reports, compared by the command."""

    def call(older: Sequence[Report], newer: Sequence[Report]) -> Done:
        folders = [_write(tmp_path / name, reports) for name, reports in (("a", older), ("b", newer))]
        return run_checks(["compare", *map(str, folders)], tmp_path / "said")

    return call


@pytest.mark.parametrize(
    ("older", "newer", "said"),
    [
        (_report("ada", PASSED), _report("ada", FAILED), ["ada  2/2 -> 0/2", "pass 2/2 -> fail 0/2"]),
        (
            _report("ada", PASSED),
            _report("ada", PASSED, OTHER),
            ["ada  2/2 -> 3/3", "lab/serves  - -> pass 1/1"],
        ),
        (_report("ada", PASSED, OTHER), _report("ada", OTHER), ["lab/builds  pass 2/2 -> -"]),
        (_report("ada", FAILED), _report("ada", SET), ["fail 0/2 -> fail 1/2 set by a person"]),
        (_report("ada", PASSED), _report("ada", PASSED, late=LATE), ["ada  2/2 -> 1/2"]),
        (_report("ada", PASSED), _report("bob", PASSED), ["ada  2/2 -> -", "bob  - -> 2/2"]),
    ],
)
def test_what_has_changed(compare: Compare, older: Report, newer: Report, said: list[str]) -> None:
    done = compare([older, _report("zoe", OTHER)], [newer, _report("zoe", OTHER)])
    assert done.status == CHANGED
    assert [line for line in said if line not in done.stdout] == []
    assert "zoe" not in done.stdout


def test_nothing_has_changed(compare: Compare) -> None:
    slower = replace(PASSED, seconds=9.0, actual="in other words")
    done = compare([_report("ada", PASSED)], [_report("ada", slower, day=22)])
    assert (done.status, done.stdout) == (SAME, "0 submissions changed\n")


def test_of_several_earlier_results_the_newest_counts(compare: Compare) -> None:
    done = compare([_report("ada", PASSED, day=22), _report("ada", FAILED)], [_report("ada", PASSED, day=23)])
    assert done.status == SAME


def test_one_folder_is_compared_with_what_it_keeps(tmp_path: Path) -> None:
    folder = _write(tmp_path / "results", [_report("ada", PASSED), _report("bob", PASSED)])
    _write(folder / "earlier", [_report("ada", FAILED)])
    done = run_checks(["compare", str(folder)], tmp_path / "said")
    assert done.status == CHANGED
    assert "ada  0/2 -> 2/2" in done.stdout
    assert "bob" not in done.stdout


@pytest.mark.parametrize("name", ["none", "empty"])
def test_a_folder_without_reports(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    full = _write(tmp_path / "full", [_report("ada", PASSED)])
    done = run_checks(["compare", str(full), str(tmp_path / name)], tmp_path / "said")
    assert done.status == WRONG_USAGE
    assert "there is no report" in done.stderr

"""A regrade that is interrupted goes on with the next command, which is not told again what to grade."""

from pathlib import Path

import pytest

from tests.forked import run_checks
from tests.grading.class_process import grading, interrupt
from tests.grading.results_of import LONG_AGO, date_back, moments, reports_of
from tests.grading.sample_class import write_class

pytestmark = [pytest.mark.builds_lab("task1_layers"), pytest.mark.slow]


def test_an_interrupted_regrade_goes_on_without_being_told_again(tmp_path: Path) -> None:
    people = write_class(tmp_path / "class")[:12]
    out, said = tmp_path / "out", tmp_path / "said"
    words = ["grade", *map(str, people), "--static", "--lab", "Task1", "--out", str(out)]
    run_checks(words, said)
    date_back(out)
    interrupt(grading(people, out, "--static", "--regrade", "all"), out / "earlier", 3)
    run_checks(words, said)
    reports = reports_of(out)
    assert len(reports) == 12
    # The one that was being written down when the signal came may be graded once more.
    assert 12 <= len(list((out / "earlier").iterdir())) <= 13
    assert LONG_AGO not in moments(reports).values()
    assert not (out / "regrade.txt").exists()

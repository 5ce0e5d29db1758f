"""Checks that were collected once judge as those of a session of their own, however often they are run."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from checks.grading.collected import Collected
from checks.grading.grade import grade
from checks.lab import ROOT, all_labs, load_lab
from checks.reports import json_v1
from checks.reports.progress import Progress
from tests.forked import FORKS

pytestmark = pytest.mark.slow

MISTAKES = ROOT / "tests" / "labs" / "task2_caching" / "mistakes"
LABS = ("Task2", "Compose", "Task1")  # not in the order of the course


@pytest.fixture
def submissions(tmp_path: Path) -> list[Path]:
    """A wrong one, the reference solutions, the starter, two that cannot be read, and the first one again."""
    wrong, empty, broken = tmp_path / "wrong", tmp_path / "empty", tmp_path / "broken.zip"
    shutil.copytree(ROOT / "solutions", wrong)
    shutil.copytree(MISTAKES / "no-pip-cache", wrong / "task2_caching", dirs_exist_ok=True)
    empty.mkdir()
    broken.write_bytes(b"PK\x03\x04")
    return [wrong, ROOT / "solutions", ROOT, empty, broken, wrong]


def test_the_same_verdicts(submissions: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "verdicts.json"
    process = FORKS.Process(target=_verdicts, args=(submissions, out))
    process.start()
    process.join()
    assert process.exitcode == 0
    collected, alone = json.loads(out.read_text())
    assert collected == alone
    assert collected[0] == collected[-1]
    assert collected[1]["score"] > collected[0]["score"] > collected[2]["score"]


def _verdicts(submissions: Sequence[Path], out: Path) -> None:
    """Write what both ways say of each submission; in a process of its own, since pytest runs in this one."""
    labs, step = [load_lab(name) for name in LABS], Progress.silent().step
    once = Collected(all_labs())
    verdicts = [
        [_timeless(json_v1.dump(grade(path, labs, "none", step, collected))) for path in submissions]
        for collected in (once, None)
    ]
    out.write_text(json.dumps(verdicts))


def _timeless(report: str) -> Any:
    """A report without the times in it."""
    document = json.loads(report)
    del document["graded_at"]
    for lab in document["labs"]:
        for check in lab["checks"]:
            del check["seconds"]
    return document


def test_a_lab_without_checks_is_not_there() -> None:
    assert not Collected(()).has([load_lab("Task1")])

"""A class of 200, interrupted, resumed, graded again after a change, compared: nothing is lost, nothing differs."""

import csv
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from checks.commands.status import POINTS_MISSING
from checks.outcomes import CheckResult, Outcome, Report
from tests.class_of_200.conftest import STATIC, GradedClass, amend
from tests.class_of_200.submissions import COUNT, LABS, names_of
from tests.commands.course_copy import copy_course, python
from tests.grading.class_process import begun, ended, wait_for
from tests.grading.dask_cluster import cluster_in
from tests.grading.results_of import moments, reports_of
from tests.grading.sample_class import LAB, RIGHT
from tests.mistakes import id_meant, overlays

pytestmark = pytest.mark.slow

CHANGED = "exposes-8000"
AMENDED = f"{LAB}-{CHANGED}"


def test_each_has_a_report_and_is_graded_once(graded_class: GradedClass) -> None:
    names, reports = names_of(list(graded_class.people)), graded_class.reports
    assert sorted(reports) == sorted(names)
    assert len(reports) == COUNT
    for earlier, later in zip(
        graded_class.interrupted, [*graded_class.interrupted[1:], moments(reports)], strict=True
    ):
        assert earlier.items() < later.items()
    assert not (graded_class.out / "earlier").exists()
    assert {path.stem for path in graded_class.out.glob("*.xml")} == reports.keys()
    with (graded_class.out / "gradebook.csv").open(encoding="utf-8", newline="") as book:
        assert {row["submission"] for row in csv.DictReader(book)} == reports.keys()


def test_nothing_is_our_fault_and_right_ones_are_right(graded_class: GradedClass) -> None:
    reports = graded_class.reports
    assert not [
        (name, check.id, check.actual)
        for name, report in reports.items()
        for check in report.checks
        if check.outcome is Outcome.ERROR
    ]
    for name in ("solved", "solved-zipped"):
        assert _outcomes(reports[name]) == {Outcome.PASS, Outcome.NOT_RUN}
    assert {_task1(reports[name]) for name in RIGHT} == {_task1(reports["solved"])}
    nothing = [name for name in reports if name.startswith(("broken-", "untouched"))]
    assert {reports[name].score for name in nothing} == {0}
    assert _task1(reports["hostile-conftest"]) == _task1(reports["hostile-lab"]) == _task1(reports["solved"])
    origins = {(report.course is not None, report.digest[:7]) for report in reports.values()}
    assert origins == {(True, "sha256:")}


def test_a_mistake_fails_its_check(graded_class: GradedClass) -> None:
    """Those that can be told by reading, in each lab; what only an engine tells is not run."""
    reports, told = graded_class.reports, dict.fromkeys((lab.id for lab in LABS), 0)
    for lab in LABS:
        for overlay in overlays(lab):
            name = f"{lab.id}-{overlay.name}"
            if name not in reports or name == AMENDED:  # a score that a person set
                continue
            check = _check(reports[name], lab.id, id_meant(overlay))
            assert check.outcome in {Outcome.FAIL, Outcome.NOT_RUN}, name
            told[lab.id] += check.outcome is Outcome.FAIL
    assert min(told.values()) >= 3, told


def test_a_score_set_and_a_longer_time_count(graded_class: GradedClass) -> None:
    _look_amended(graded_class.reports)


def test_a_change_of_one_check_changes_that_one_alone(graded_class: GradedClass, tmp_path: Path) -> None:
    """The class is graded again without an interruption, and all other results are those of the interrupted one."""
    course, out = copy_course(tmp_path / "course"), tmp_path / "results"
    shutil.copytree(graded_class.out, out)
    _change_the_check(course)
    done = python(course, "-m", "checks", "grade", *map(str, graded_class.people), *STATIC, "--out", str(out))
    assert done.returncode == POINTS_MISSING, done.stderr
    before, after = graded_class.reports, reports_of(out)
    assert len(list((out / "earlier").iterdir())) == len(after) == COUNT
    assert {report.course for report in after.values()}.isdisjoint(one.course for one in before.values())
    assert {name: _others(report) for name, report in after.items()} == {
        name: _others(report) for name, report in before.items()
    }
    assert Outcome.PASS not in {_check(report, LAB, CHANGED).outcome for report in after.values()}
    _look_amended(after)
    compared = python(course, "-m", "checks", "compare", str(out))
    assert compared.returncode == 1
    assert compared.stdout.count(f"{LAB}/{CHANGED}  pass 1/1 -> fail 0/1") == _passes(before)
    assert AMENDED not in compared.stdout


def test_a_cluster_that_loses_a_worker_gives_the_same(graded_class: GradedClass, tmp_path: Path) -> None:
    out = tmp_path / "results"
    amend(out)
    with cluster_in(tmp_path / "cluster") as cluster:
        cluster.scheduler()
        cluster.worker("first", "--no-nanny")
        cluster.worker("second")
        words = (*map(str, graded_class.people), "--static", "--scheduler", cluster.address)
        process = begun("grade", *words, "--out", str(out))
        wait_for(out, COUNT // 3, process)
        cluster.kill("first")
        status, told = ended(process)
    assert status == POINTS_MISSING, told
    clustered, local = replace(graded_class, out=out).results, graded_class.results
    assert clustered.keys() == local.keys()
    for name, document in local.items():
        assert clustered[name] == document, name
    books = [(folder / "gradebook.csv").read_bytes() for folder in (out, graded_class.out)]
    assert books[0] == books[1]


def _look_amended(reports: Mapping[str, Report]) -> None:
    override = next(check for check in reports[AMENDED].checks if check.override)
    assert (override.id, override.score, override.outcome) == (CHANGED, 1, Outcome.FAIL)
    costs = {name: reports[name].score - reports[name].final_score for name in RIGHT}
    assert costs == {**dict.fromkeys(RIGHT, 3), "right-zip": 0}


def _change_the_check(course: Path) -> None:
    module = course / "checks" / f"check_{LAB}.py"
    text = module.read_text()
    changed = text.replace("expect.exposes(stage, lab.port)", "expect.exposes(stage, lab.port + 1)")
    assert changed != text
    module.write_text(changed)


def _others(report: Report) -> list[tuple[str, CheckResult]]:
    """All results but that of the changed check, without their times."""
    return [
        (lab.id, replace(check, seconds=0.0))
        for lab in report.labs
        for check in lab.checks
        if (lab.id, check.id) != (LAB, CHANGED)
    ]


def _check(report: Report, lab_id: str, check_id: str) -> CheckResult:
    (lab,) = (lab for lab in report.labs if lab.id == lab_id)
    (check,) = (check for check in lab.checks if check.id == check_id)
    return check


def _passes(reports: Mapping[str, Report]) -> int:
    return sum(_check(report, LAB, CHANGED).outcome is Outcome.PASS for report in reports.values())


def _outcomes(report: Report) -> set[Outcome]:
    return {check.outcome for check in report.checks}


def _task1(report: Report) -> int:
    return next(lab.score for lab in report.labs if lab.id == LAB)

"""The contract of the course, for every lab, on two engines (`tests/engines.py`).

A starter scores nothing and a reference solution everything; each mistake fails its check and no other; a
README agrees with the checks. Labs and mistakes are found by their folders, so a new lab adds no line here.

A submission is graded as a student's is: by the command line in a process of its own, whose report the test reads.
The solutions come first, so that the mistakes find the common layers in the build cache.
"""

import importlib
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from checks.commands.status import FULL_MARKS, POINTS_MISSING
from checks.edition import VARIABLE
from checks.evidence.image.provenance import makes_layer
from checks.evidence.submission.submission import lines_of
from checks.expect.basics import ABSENT
from checks.grading.catalog import fates, overview, planned, table, with_table
from checks.grading.check import PREFIX, CheckSpec, id_of, spec_of
from checks.hints import hint_for
from checks.lab import ROOT, Lab
from checks.outcomes import CheckResult, LabResult, Outcome
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.reports import json_v1
from checks.reports.class_page.annotated import annotated
from tests.engines import AUTO, LABS, Where, graded_in_editions, wheres
from tests.forked import run_checks
from tests.mistakes import first_overlay, id_meant, overlays, submission, way_meant

SOLUTIONS = ROOT / "solutions"
IN_FULL = os.environ.get("TEST_MISTAKES") == "in full"
SECONDS = 1800  # one grading; a build has its own, smaller limits
EVERYWHERE = pytest.mark.parametrize("where", wheres(), ids=lambda where: where.id)
ON_AN_ENGINE = pytest.mark.usefixtures("engine")
EVERY_LAB = pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)


def terms(lab: Lab) -> dict[str, CheckSpec]:
    """The checks of a lab, by id, in their order."""
    module = importlib.import_module(f"checks.{lab.module.stem}")
    functions = (value for name, value in vars(module).items() if name.startswith(PREFIX))
    return {id_of(function): spec_of(function) for function in functions}


def graded(
    submission: Path, lab: Lab, room: Path, where: Where = AUTO, chosen: Sequence[str] = ()
) -> LabResult:
    """What the command line reports, as any other program would read it."""
    words = ["grade", str(submission), "--lab", lab.id, "--out", str(room / "out"), "--engine", where.engine]
    words += [f"--check={check}" for check in chosen]
    done = run_checks(words, room / "said", environment=where.environment(), seconds=SECONDS)
    assert done.status in {FULL_MARKS, POINTS_MISSING}, done.stdout + done.stderr
    return reported(room, where)


def graded_without_engine(submission: Path, lab: Lab, room: Path) -> LabResult:
    """The same with `--static`."""
    words = ["grade", str(submission), "--lab", lab.id, "--out", str(room / "out"), "--static"]
    done = run_checks(words, room / "said")
    assert done.status in {FULL_MARKS, POINTS_MISSING}, done.stdout + done.stderr
    return reported(room, AUTO)


def reported(room: Path, where: Where) -> LabResult:
    """The one lab of the one report that was written."""
    (written,) = (room / "out").glob("*.json")
    report = json_v1.load(written.read_text("utf-8"))
    assert where.engine in ("auto", report.engine.kind)
    (result,) = report.labs
    return result


def outcomes(result: LabResult) -> dict[str, Outcome]:
    return {check.id: check.outcome for check in result.checks}


def story(checks: Sequence[CheckResult]) -> str:
    """What a person needs to know when the contract is broken."""
    failed = (check for check in checks if check.outcome is not Outcome.PASS)
    return "\n".join(f"{check.id}: {check.outcome}: {check.actual}" for check in failed)


@EVERY_LAB
def test_every_check_has_a_mistake_and_every_mistake_a_check(lab: Lab) -> None:
    mistaken, known = {id_meant(overlay) for overlay in overlays(lab)}, set(terms(lab))
    assert not known - mistaken, f"no mistake for {', '.join(sorted(known - mistaken))}"
    assert not mistaken - known, f"no check {', '.join(sorted(mistaken - known))}"


@EVERY_LAB
def test_the_table_in_the_readme_is_that_of_the_checks(lab: Lab) -> None:
    readme = (lab.folder / "README.md").read_text("utf-8")
    assert readme == with_table(readme, "checks", table(planned(lab))), "renew it: python -m checks readme"


@pytest.mark.parametrize("lab", [lab for lab in LABS if lab.compose], ids=lambda lab: lab.id)
def test_the_readme_lists_what_becomes_of_each_key_of_a_compose_file(lab: Lab) -> None:
    readme = (lab.folder / "README.md").read_text("utf-8")
    assert readme == with_table(readme, "fates", fates()), "renew it: python -m checks readme"


def test_the_readme_at_the_top_lists_the_labs() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert readme == with_table(readme, "labs", overview(LABS)), "renew it: python -m checks readme"


def steps(readme: str) -> list[str]:
    """The numbered steps, in lower case, each with what is indented below it."""
    section = readme.partition("## Steps\n")[2].partition("\n## ")[0].lower()
    return re.split(r"^\d+\. ", section, flags=re.MULTILINE)[1:]


@EVERY_LAB
def test_the_steps_in_the_readme_are_the_checks_in_their_order(lab: Lab) -> None:
    listed = steps((lab.folder / "README.md").read_text("utf-8"))
    for number, (step, check) in enumerate(zip(listed, terms(lab), strict=True), start=1):
        telling = [word[: max(3, len(word) - 3)] for word in check.split("-") if len(word) > 3]
        assert any(word in step for word in telling), f"step {number} is not about {check}"


def named_to_edit(readme: str) -> set[str]:
    """The files in the paragraph that begins with "You edit", the folders beside them aside."""
    paragraph = re.search(r"^You edit .*?\n\n", readme, flags=re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([\w./-]*\w)`", paragraph[0])) if paragraph else set()


@EVERY_LAB
def test_the_files_that_the_readme_lets_students_edit_are_taken(lab: Lab) -> None:
    named = named_to_edit((lab.folder / "README.md").read_text("utf-8"))
    assert named == set(lab.edit)


@ON_AN_ENGINE
@EVERYWHERE
@EVERY_LAB
def test_the_starter_scores_nothing(lab: Lab, where: Where, tmp_path: Path) -> None:
    result = graded(ROOT, lab, tmp_path, where=where)
    assert set(outcomes(result).values()) <= {Outcome.FAIL, Outcome.BLOCKED}
    assert result.score == 0


@ON_AN_ENGINE
@EVERY_LAB
def test_an_image_that_does_nothing_scores_nothing(lab: Lab, tmp_path: Path) -> None:
    """Beside it, all else is that of the solution: what is not in such an image is no achievement."""
    shutil.copytree(SOLUTIONS / lab.id, tmp_path / "ada" / lab.id)
    for name, asked in lab.images.items():
        (tmp_path / "ada" / lab.id / name).write_text(f"FROM {asked.base}\nRUN touch /models /server; true\n")
    result = graded(tmp_path / "ada", lab, tmp_path)
    passed = [check.id for check in result.checks if check.kind == "container" and check.score]
    assert passed == []


@pytest.mark.slow
@EVERY_LAB
def test_the_starter_scores_nothing_without_an_engine(lab: Lab, tmp_path: Path) -> None:
    result = graded_without_engine(ROOT, lab, tmp_path)
    assert {check.outcome for check in result.checks if check.kind == "static"} <= {
        Outcome.FAIL,
        Outcome.BLOCKED,
    }
    assert result.score == 0


@pytest.mark.slow
@EVERY_LAB
def test_the_static_checks_of_the_solution_need_no_engine(lab: Lab, tmp_path: Path) -> None:
    checks = graded_without_engine(SOLUTIONS, lab, tmp_path).checks
    assert {check.outcome for check in checks if check.kind == "static"} == {Outcome.PASS}
    assert {check.outcome for check in checks if check.kind == "container"} <= {Outcome.NOT_RUN}


@ON_AN_ENGINE
@EVERYWHERE
@EVERY_LAB
def test_the_solution_scores_full_marks(lab: Lab, where: Where, tmp_path: Path) -> None:
    result = graded(SOLUTIONS, lab, tmp_path, where=where)
    assert outcomes(result) == dict.fromkeys(terms(lab), Outcome.PASS), story(result.checks)
    assert result.score == result.max_score == sum(term.max_score for term in terms(lab).values())
    if len(lab.images) == 1:
        assert_page_has_layers(lab, result)


def assert_page_has_layers(lab: Lab, result: LabResult) -> None:
    """The student's page of a class has the size and the share of each layer beside the line that made it."""
    file = f"{lab.id}/{lab.dockerfile}"
    (shown,) = annotated(result, [file], lines_of(SOLUTIONS))
    stage = parse_dockerfile((SOLUTIONS / file).read_bytes()).final
    weighed = [line.number for line in shown.lines if line.layer]
    assert weighed == [entry.line for entry in stage.lineage if makes_layer(entry)]
    assert abs(shown.base_share + sum(line.share for line in shown.lines) - 1) < 1e-6


@ON_AN_ENGINE
@pytest.mark.parametrize("lab", graded_in_editions(), ids=lambda lab: f"{lab.id}-{lab.edition}")
def test_in_an_edition_the_solution_scores_full_marks_and_the_starter_nothing(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What needs no engine is in `test_editions.py`. The id begins with the lab, whose worker this shares.

    On stand-ins the Python of every image is Debian's, and Ubuntu has deadsnakes' packages by name alone.
    """
    monkeypatch.setenv(VARIABLE, lab.edition)
    result = graded(lab.solution.parent, lab, tmp_path / "solution")
    assert outcomes(result) == dict.fromkeys(terms(lab), Outcome.PASS), story(result.checks)
    assert graded(lab.starter.parent, lab, tmp_path / "starter").score == 0


def expected(lab: Lab, wrong: str) -> dict[str, Outcome]:
    """One check fails, and takes with it only those that need it, directly or not."""
    known = terms(lab)

    def is_blocked(check: str) -> bool:
        return any(need == wrong or is_blocked(need) for need in known[check].needs)

    found = {check: Outcome.BLOCKED if is_blocked(check) else Outcome.PASS for check in known}
    return {**found, wrong: Outcome.FAIL}


def with_needs(lab: Lab, check: str) -> set[str]:
    """The check, and all that it needs, directly or not."""
    return {check}.union(*(with_needs(lab, need) for need in terms(lab)[check].needs))


@ON_AN_ENGINE
@pytest.mark.parametrize(
    ("lab", "overlay"),
    [(lab, overlay) for lab in LABS for overlay in overlays(lab)],
    ids=lambda value: value.id if isinstance(value, Lab) else value.name,
)
def test_a_mistake_fails_its_check_alone(lab: Lab, overlay: Path, tmp_path: Path) -> None:
    """One that can be read is only read here, and of several mistakes of a check the first is graded by all checks.

    `make checkLab` and `make testEngines` build and boot each, and grade it by all.
    """
    root, wrong = submission(lab, overlay, tmp_path), id_meant(overlay)
    static = {check.id for check in planned(lab).checks if check.kind == "static"}
    if wrong in static and not IN_FULL:
        result, seen = graded_without_engine(root, lab, tmp_path), static
    elif overlay != first_overlay(lab, wrong) and not IN_FULL:
        result, seen = graded(root, lab, tmp_path, chosen=[wrong]), with_needs(lab, wrong)
    else:
        result, seen = graded(root, lab, tmp_path), set(terms(lab))
    found, wanted = outcomes(result), expected(lab, wrong)
    assert {check: found[check] for check in seen} == {check: wanted[check] for check in seen}, story(
        result.checks
    )
    (failed,) = (check for check in result.checks if check.id == wrong)
    assert_helps(failed, root)
    assert hint_for(lab, failed).way == way_meant(lab, overlay)


def assert_helps(failed: CheckResult, root: Path) -> None:
    """It says what was expected, what was found and what to do; and where, if it is anywhere.

    JSON is written by programs, often on one line: a place in it is of no use to a person.
    """
    assert failed.expected
    assert failed.actual
    assert failed.help
    if failed.kind == "static":
        assert failed.file
        assert failed.line or failed.actual == ABSENT or failed.file.endswith(".json")
    if failed.file and failed.line:
        lines = (root / failed.file).read_text("utf-8").splitlines()
        assert failed.line <= len(lines)

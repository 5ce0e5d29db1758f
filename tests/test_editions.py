"""The editions of the course: each is whole, and keeps the contract of the course.

`test_labs.py` grades their solutions and starters on an engine.
"""

from pathlib import Path

import pytest

from checks.edition import FOLDER, VARIABLE, read_edition
from checks.grading.catalog import planned, table, with_table
from checks.grading.course import course
from checks.grading.release import write_release
from checks.hints import read_hints
from checks.lab import ROOT, Lab, all_labs
from checks.outcomes import Outcome
from checks.reports import json_v1
from tests.engines import labs_of_editions
from tests.forked import run_checks
from tests.test_labs import graded_without_engine, named_to_edit, steps, terms

pytestmark = pytest.mark.slow

CHANGED = labs_of_editions()
NAMES = sorted({lab.edition for lab in CHANGED})
EVERY_CHANGED_LAB = pytest.mark.parametrize("lab", CHANGED, ids=lambda lab: f"{lab.id}-{lab.edition}")


@pytest.fixture
def edition(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> str:
    """The edition of a lab, in force."""
    monkeypatch.setenv(VARIABLE, lab.edition)
    return lab.edition


@EVERY_CHANGED_LAB
def test_no_word_of_the_authors_versions_is_left(lab: Lab) -> None:
    words = read_edition(ROOT / FOLDER / f"{lab.edition}.yaml")
    for folder in (lab.starter, lab.solution):
        texts = {path: path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}
        assert {path.name: words.used(text) for path, text in texts.items() if words.used(text)} == {}


@EVERY_CHANGED_LAB
def test_its_readme_agrees_with_its_checks(lab: Lab) -> None:
    readme = (lab.starter / "README.md").read_text("utf-8")
    assert readme == with_table(readme, "checks", table(planned(lab)))
    assert len(steps(readme)) == len(terms(lab))
    assert named_to_edit(readme) == set(lab.edit)
    assert list(read_hints(lab).checks) == list(terms(lab))


@EVERY_CHANGED_LAB
@pytest.mark.usefixtures("edition")
def test_its_starter_scores_nothing_without_an_engine(lab: Lab, tmp_path: Path) -> None:
    result = graded_without_engine(lab.starter.parent, lab, tmp_path)
    assert result.score == 0
    static = {check.outcome for check in result.checks if check.kind == "static"}
    assert static <= {Outcome.FAIL, Outcome.BLOCKED}


@EVERY_CHANGED_LAB
@pytest.mark.usefixtures("edition")
def test_its_solution_passes_the_static_checks(lab: Lab, tmp_path: Path) -> None:
    checks = graded_without_engine(lab.solution.parent, lab, tmp_path).checks
    assert {check.outcome for check in checks if check.kind == "static"} == {Outcome.PASS}


@EVERY_CHANGED_LAB
def test_the_authors_solution_does_not_pass_in_it(lab: Lab, edition: str, tmp_path: Path) -> None:
    """It starts from another base, in the first check at least; and the report says which edition that was."""
    result = graded_without_engine(ROOT / "solutions", lab, tmp_path)
    assert result.checks[0].outcome is Outcome.FAIL
    assert f"no engine, edition {edition}\n" in (tmp_path / "said" / "stdout").read_text("utf-8")
    (written,) = (tmp_path / "out").glob("*.json")
    report = json_v1.load(written.read_text("utf-8"))
    assert report.course
    assert report.course.edition == edition


@pytest.mark.parametrize("name", NAMES)
def test_a_class_of_one_edition_is_not_taken_for_that_of_another(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results are kept for an equal digest of the course alone."""
    course.cache_clear()
    authors = course()
    course.cache_clear()
    monkeypatch.setenv(VARIABLE, name)
    editions = course()
    course.cache_clear()
    assert (authors.edition, editions.edition) == ("", name)
    assert authors.digest != editions.digest


@pytest.mark.parametrize("name", NAMES)
def test_a_release_is_of_the_edition_and_grades_by_itself(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, changed = tmp_path / "copy", [lab for lab in CHANGED if lab.edition == name]
    monkeypatch.setenv(VARIABLE, name)
    write_release(copy)
    for lab in changed:
        for path in (path for path in lab.starter.rglob("*") if path.is_file()):
            given = copy / lab.id / path.relative_to(lab.starter)
            assert given.read_bytes() == path.read_bytes(), given
    monkeypatch.delenv(VARIABLE)
    assert {lab.edition for lab in all_labs(copy)} == {name}
    assert course(copy).edition == name
    withheld = {path.read_bytes() for lab in changed for path in lab.solution.rglob("*") if path.is_file()}
    given_files = [path for path in copy.rglob("*") if path.is_file() and path.stat().st_size]
    assert [path for path in given_files if path.read_bytes() in withheld] == []
    monkeypatch.setenv(VARIABLE, name)  # which is what the copy is of already
    assert [lab.images for lab in all_labs(copy)] == [lab.images for lab in all_labs()]


@pytest.mark.parametrize(
    "words",
    [["readme", "--check"], ["check-lab", "x"], ["new-lab", "lab_x"], ["demo", "x"], ["demo-student"]],
)
def test_what_is_for_the_authors_course_alone_says_so(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, NAMES[0])
    done = run_checks(words, tmp_path)
    assert done.status == 2
    assert f"unset {VARIABLE}" in done.stderr


def test_an_edition_that_there_is_not_is_an_error_with_those_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f"{NAMES[0]}x")
    for words in (["grade", ".", "--static"], ["release", str(tmp_path / "copy")]):
        done = run_checks(words, tmp_path / words[0])
        assert done.status == 2
        assert f"did you mean {NAMES[0]}?; there are: {', '.join(NAMES)}" in done.stderr
        assert "Traceback" not in done.stderr

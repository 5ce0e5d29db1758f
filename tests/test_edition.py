"""An edition is data: its words are put into the files of its labs, and what does not fit has its line named."""

import re
from pathlib import Path

import pytest

from checks.edition import VARIABLE
from checks.grading.release import ReleaseError, write_release
from checks.lab import Lab, LabError, all_labs, load_lab
from tests.made_labs import made_lab

README = "# X\n\nStart from `ubuntu:20.04` (not my-ubuntu:20.04.1), release 20.04.\nNothing else.\n"
ABOUT = "about: newer\nlabs: [lab_x]\n"
VALUES = 'values:\n  "ubuntu:20.04": "ubuntu:22.04"\n'


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of two labs, whose edition `new` is in force."""
    for number, name in enumerate(("lab_x", "lab_y")):
        made_lab(tmp_path / name, base="ubuntu:20.04", position=number, target=name)
        (tmp_path / name / "README.md").write_text(README)
        (tmp_path / name / "Dockerfile").write_text("# TODO: ubuntu:20.04\n")
        (tmp_path / "solutions" / name).mkdir(parents=True)
        (tmp_path / "solutions" / name / "Dockerfile").write_text("FROM ubuntu:20.04\n")
    monkeypatch.setenv(VARIABLE, "new")
    return tmp_path


def read(root: Path, text: str) -> Lab:
    """Write the edition, and return its first lab."""
    (root / "editions").mkdir(exist_ok=True)
    (root / "editions" / "new.yaml").write_text(text)
    return load_lab("lab_x", root)


def test_a_value_counts_wherever_it_is_a_whole_word(root: Path) -> None:
    lab = read(root, ABOUT + VALUES)
    assert (lab.image.base, lab.edition, lab.folder) == ("ubuntu:22.04", "new", root / "lab_x")
    readme = (lab.starter / "README.md").read_text()
    assert readme == README.replace("`ubuntu:20.04`", "`ubuntu:22.04`")
    assert (lab.solution / "Dockerfile").read_text() == "FROM ubuntu:22.04\n"


def test_another_lab_stays_as_it_is_but_is_of_the_edition_too(root: Path) -> None:
    read(root, ABOUT + VALUES)
    other = load_lab("lab_y", root)
    assert (other.image.base, other.edition) == ("ubuntu:20.04", "new")
    assert (other.starter / "README.md").read_text() == README


def test_no_word_is_replaced_twice(root: Path) -> None:
    lab = read(root, ABOUT + 'values: {"20.04": "Nothing", "Nothing": "All"}\n')
    assert "release Nothing.\nAll else." in (lab.starter / "README.md").read_text()


def test_without_it_the_course_is_its_authors(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(root, ABOUT + VALUES)
    monkeypatch.delenv(VARIABLE)
    lab = load_lab("lab_x", root)
    assert (lab.image.base, lab.edition, lab.starter) == ("ubuntu:20.04", "", lab.folder)


def test_a_passage_and_a_whole_file_take_the_place_of_the_courses(root: Path) -> None:
    whole = root / "editions" / "new" / "solutions" / "lab_x" / "Dockerfile"
    whole.parent.mkdir(parents=True)
    whole.write_text("FROM scratch\n")
    passages = "passages: {lab_x/README.md: [{was: Nothing else., now: Much else.}]}\n"
    lab = read(root, ABOUT + passages)
    assert (lab.starter / "README.md").read_text() == README.replace("Nothing else", "Much else")
    assert (lab.solution / "Dockerfile").read_text() == "FROM scratch\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("labs: [lab_x]\n", "editions/new.yaml:1: `about` is missing"),
        (ABOUT + "valus: {a: b}\n", "editions/new.yaml:3: `valus` is no setting; did you mean values?"),
        (ABOUT + "values:\n  a: 5\n", "editions/new.yaml:4: `values.a` is a whole number, and should be"),
        (ABOUT + "values: [\n", "editions/new.yaml:4: "),
        ("about: b\nlabs:\n  - lab_z\n", "editions/new.yaml:3: there is no lab `lab_z`; did you mean lab_"),
        (ABOUT + "values:\n  a: b\n  jammy: noble\n", "editions/new.yaml:5: no file of the `labs` has the word `"),
        (
            ABOUT + "passages:\n  lab_x/README.md:\n    - {was: Something else, now: b}\n",
            "editions/new.yaml:5: lab_x/README.md has this passage 0 times, and should have it once",
        ),
        (
            ABOUT + "passages:\n  lab_x/README.md: [{was: '20.04', now: b}]\n",
            "editions/new.yaml:4: lab_x/README.md has this passage 3 times",
        ),
        (
            ABOUT + "passages:\n  lab_y/README.md: [{was: Nothing else., now: b}]\n",
            "editions/new.yaml:4: `lab_y/README.md` is no file of the edition's `labs`",
        ),
        (ABOUT + "values: {port: prot}\n", "/lab_x/lab.yaml:1: `port` is missing"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_its_line(root: Path, text: str, said: str) -> None:
    (root / "lab_x" / "app.py").write_text("a")
    with pytest.raises(LabError, match=re.escape(said)):
        read(root, text).validate()


def test_a_file_that_takes_no_place_is_named(root: Path) -> None:
    (root / "editions" / "new" / "docs").mkdir(parents=True)
    (root / "editions" / "new" / "docs" / "a.md").write_text("a")
    with pytest.raises(LabError, match=re.escape("new/docs/a.md takes the place of no file")):
        read(root, ABOUT)


def test_what_students_have_edited_may_lack_a_passage_but_what_is_released_may_not(root: Path) -> None:
    passages = "passages: {lab_x/Dockerfile: [{was: 'TODO: ubuntu:20.04', now: 'TODO: another'}]}\n"
    lab = read(root, ABOUT + passages)
    assert (lab.starter / "Dockerfile").read_text() == "# TODO: another\n"
    (root / "lab_x" / "Dockerfile").write_text("FROM ubuntu:22.04\n")
    assert len(all_labs(root)) == 2
    with pytest.raises(ReleaseError, match="lab_x/Dockerfile has this passage 0 times"):
        write_release(root / "copy", root)

"""The class of the demo: of any lab, and quick to build."""

from pathlib import Path

import pytest

from checks.commands.demo import make_class, mistakes
from checks.commands.status import NOT_GRADED
from checks.lab import ROOT, Lab
from tests.commands.course_copy import python
from tests.made_labs import made_lab

pytestmark = pytest.mark.slow

SOLUTION = "FROM a\nRUN b\nCOPY c\nCMD d\n"
WRONG = {"first": "FROM x\n", "third": "FROM a\nRUN b\nCOPY x\n", "second": "FROM a\nRUN x\n"}


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A lab whose mistakes are named by the line that they change, and one in a file beside the main one."""
    files = {"lab_x/Dockerfile": "", "solutions/lab_x/Dockerfile": SOLUTION}
    wrong = {f"tests/labs/lab_x/mistakes/{name}/Dockerfile": text for name, text in WRONG.items()}
    aside = {"tests/labs/lab_x/mistakes/aside/answers.yaml": ""}
    for name, text in (files | wrong | aside).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return made_lab(tmp_path / "lab_x")


@pytest.mark.parametrize(("count", "chosen"), [(2, ["third", "second"]), (9, ["third", "second", "first"])])
def test_it_takes_the_mistakes_that_share_most_with_the_solution(
    lab: Lab, count: int, chosen: list[str]
) -> None:
    assert [overlay.name for overlay in mistakes(lab.folder.parent, lab, count)] == chosen


def test_a_lab_of_few_mistakes_makes_a_small_class(lab: Lab, tmp_path: Path) -> None:
    made = make_class(lab.folder.parent, lab, tmp_path / "class")
    assert [path.name for path in made] == ["ada.zip", "ben.zip", "cleo.zip", "dev.zip", "gil", "hana.zip"]


def test_it_ends_with_the_class_page_that_it_wrote(tmp_path: Path) -> None:
    done = python(ROOT, "-m", "checks", "demo", str(tmp_path / "demo"))
    page = tmp_path / "demo" / "html" / "index.html"
    assert done.stderr.rstrip().endswith(f"Open the class page in a browser: {page}")
    assert all(f">{name}</a>" in page.read_text("utf-8") for name in ("ada", "gil", "hana"))


def test_a_student_is_played_without_an_engine_as_far_as_that_goes() -> None:
    done = python(ROOT, "-m", "checks", "demo-student", "--engine", "none")
    assert done.returncode == NOT_GRADED, done.stderr
    turns = done.stdout.split("\n\u2500\u2500\u2500 ")[1:]
    assert [turn.partition("\n")[0] for turn in turns] == [
        f"{number} of {len(turns)}" for number in range(1, len(turns) + 1)
    ]
    assert "+ FROM ubuntu" in turns[1]
    assert "hint 1" in turns[1]
    assert "0/20" in turns[1]
    assert "14/20" in turns[-1]
    assert "tells of" not in done.stdout

"""`make newLab` writes a lab that keeps the contract of the course, in a copy of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import Mock

import pytest

from checks.commands.check_lab import Contract
from checks.commands.new_lab import values_of, write_lab
from checks.commands.status import NOT_GRADED, POINTS_MISSING, WRONG_USAGE
from tests.commands.course_copy import copy_course, python

pytestmark = pytest.mark.slow

NAME = "lab_tried_out"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course with a new lab."""
    root = copy_course(tmp_path_factory.mktemp("new") / "course")
    made = python(root, "-m", "checks", "new-lab", NAME)
    assert made.returncode == 0, made.stderr
    return root


@contextmanager
def replaced(file: Path, find: str, replacement: str) -> Iterator[None]:
    """Another text in a file for a while."""
    text = file.read_text("utf-8")
    assert find in text
    file.write_text(text.replace(find, replacement), "utf-8")
    try:
        yield
    finally:
        file.write_text(text, "utf-8")


def test_a_new_lab_keeps_the_contract_at_once(course: Path) -> None:
    proved = python(course, "-m", "checks", "check-lab", NAME, "--static")
    assert proved.returncode == 0, proved.stdout + proved.stderr


def test_a_lab_whose_name_is_in_that_of_another_is_proved_alone() -> None:
    names = ("lab_model", "lab_model-auto", "lab_model_service", "lab_model_service-auto", "my_lab_model")
    items: list[pytest.Item] = [Mock(nodeid=f"tests/test_labs.py::test_a[{name}]") for name in names]
    Contract("lab_model").pytest_collection_modifyitems(Mock(), items)
    assert [item.nodeid.partition("[")[2] for item in items] == ["lab_model]", "lab_model-auto]"]


def test_what_a_lab_lacks_is_said_in_a_table(course: Path) -> None:
    tested = course / "tests" / "labs" / NAME
    (tested / "mistakes" / "exposes-8000").rename(tested / "mistakes" / "exposes-8001")
    with replaced(tested / "spellings.yaml", "look-alikes:", "look-alike:"):
        proved = python(course, "-m", "checks", "check-lab", NAME, "--static")
    (tested / "mistakes" / "exposes-8001").rename(tested / "mistakes" / "exposes-8000")
    assert proved.returncode == POINTS_MISSING
    said = " ".join(proved.stdout.split())
    assert "no mistake for exposes-8000" in said
    assert "exposes-8000 has fewer than 3: look-alikes" in said
    assert "Traceback" not in proved.stdout + proved.stderr


def test_no_two_labs_have_one_target(course: Path) -> None:
    assert "make testTriedOut is" in python(course, "-m", "checks", "new-lab", NAME).stderr


@pytest.mark.parametrize("name", ["Lab", "lab-x", "../lab", "lab__x", ""])
def test_a_name_that_is_no_folder_of_the_course_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no name for a lab"):
        values_of(name, tmp_path)


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "solutions" / NAME).mkdir(parents=True)
    with pytest.raises(FileExistsError, match="is there already"):
        list(write_lab(NAME, values_of(NAME, tmp_path), tmp_path))
    assert not (tmp_path / NAME).exists()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (("@check(points=2)", '@check(points=2, needs="exposes-8001")'), "did you mean exposes-8000?"),
        (('    """Port {port} is exposed."""\n', ""), "check_exposes_8000 has no docstring"),
        (("@check(points=1)\n", ""), "check_exposes_8000 is named like a check, but has no @check"),
        (("Port {port}", "Port {prot}"), "check_exposes_8000: lab.yaml has no `prot`; did you mean port?"),
    ],
)
def test_a_check_that_is_declared_wrongly_is_named_in_one_sentence(
    wrong: tuple[str, str], says: str, course: Path
) -> None:
    with replaced(course / "checks" / f"check_{NAME}.py", *wrong):
        graded = python(course, "-m", "checks", "grade", "solutions", "--lab", NAME, "--static")
    assert graded.returncode == NOT_GRADED
    assert says in " ".join(graded.stdout.split())
    assert "Traceback" not in graded.stdout + graded.stderr


def test_a_slip_in_the_settings_of_one_lab_is_named_before_anything_is_graded(course: Path) -> None:
    with replaced(course / NAME / "lab.yaml", "\npath:", "\npaht:"):
        graded = python(course, "-m", "checks", "grade", ".", "--lab", NAME, "--static")
    assert graded.returncode == WRONG_USAGE
    assert f"{NAME}/lab.yaml:3: `path` is missing" in graded.stderr
    assert "`paht` is no setting; did you mean path?" in graded.stderr

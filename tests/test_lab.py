"""The labs of a course, as their lab.yaml tell them apart."""

from pathlib import Path

import pytest

from checks.lab import LabError, all_labs, load_lab

LAB = "title: A lab\nposition: {position}\ntarget: {target}\n"


def course(root: Path, *labs: tuple[str, int, str]) -> Path:
    """A course of labs that have a folder's name, a position and a target."""
    for name, position, target in labs:
        (root / name).mkdir()
        (root / name / "lab.yaml").write_text(LAB.format(position=position, target=target))
    return root


def test_labs_come_in_the_order_of_the_course(tmp_path: Path) -> None:
    root = course(tmp_path, ("first", 2, "Two"), ("second", 1, "One"))
    assert [lab.id for lab in all_labs(root)] == ["second", "first"]
    assert load_lab("Two", root).id == "first"


@pytest.mark.parametrize(
    ("position", "target", "says"),
    [(1, "Other", "the same `position`: 1"), (2, "One", "the same `target`: One")],
)
def test_two_labs_that_make_cannot_tell_apart_are_an_error(
    position: int, target: str, says: str, tmp_path: Path
) -> None:
    root = course(tmp_path, ("first", 1, "One"), ("second", position, target))
    with pytest.raises(LabError, match=f"first/lab.yaml and second/lab.yaml have {says}"):
        all_labs(root)

"""The key that a lab leaks is the same for every copy of the course, and another one with another salt."""

from dataclasses import replace
from pathlib import Path

import pytest

from checks.grading.models import Leak, leak_of
from checks.grading.release import write_release
from checks.lab import Lab, all_labs, load_lab
from checks.sections import LeakSettings


@pytest.fixture
def lab() -> Lab:
    """Any that hands out an image which leaks."""
    return next(lab for lab in all_labs() if isinstance(lab.own, LeakSettings))


def leak(lab: Lab) -> Leak:
    return leak_of(lab.folder, lab.asks(LeakSettings).leaky)


def test_is_the_same_again(lab: Lab) -> None:
    assert leak(lab) == leak(load_lab(lab.id))


def test_another_salt_is_another_key(lab: Lab) -> None:
    leaky = lab.asks(LeakSettings).leaky
    assert leak_of(lab.folder, replace(leaky, salt="of another course")).key != leak_of(lab.folder, leaky).key


def test_no_file_that_students_get_has_it(lab: Lab, tmp_path: Path) -> None:
    write_release(tmp_path / "copy")
    key = leak(lab).key.encode()
    files = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert len(files) > 100
    assert [path for path in files if key in path.read_bytes()] == []


def test_the_places_are_those_of_the_leaky_image(lab: Lab) -> None:
    found, recipe = leak(lab), (lab.folder / "leaky" / "Dockerfile").read_text("utf-8")
    assert f"ENV {found.variable}=" in recipe
    assert f"RUN rm {found.file}" in recipe

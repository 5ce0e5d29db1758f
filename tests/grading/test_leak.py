"""The key that a lab leaks: the same for everybody who has the course, another one in another course."""

from dataclasses import replace
from pathlib import Path

import pytest

from checks.grading.models import leak_of
from checks.grading.release import write_release
from checks.lab import Lab, all_labs, load_lab


@pytest.fixture
def lab() -> Lab:
    """Any that hands out an image which leaks."""
    return next(lab for lab in all_labs() if "leaky" in lab.settings)


def test_is_the_same_again(lab: Lab) -> None:
    assert leak_of(lab) == leak_of(load_lab(lab.id))


def test_another_salt_is_another_key(lab: Lab) -> None:
    salted = {**lab.settings, "leaky": {**lab.settings["leaky"], "salt": "of another course"}}
    assert leak_of(replace(lab, settings=salted)).key != leak_of(lab).key


def test_no_file_that_students_get_has_it(lab: Lab, tmp_path: Path) -> None:
    write_release(tmp_path / "copy")
    key = leak_of(lab).key.encode()
    files = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert len(files) > 100
    assert [path for path in files if key in path.read_bytes()] == []


def test_the_places_are_those_of_the_leaky_image(lab: Lab) -> None:
    leak, recipe = leak_of(lab), (lab.folder / "leaky" / "Dockerfile").read_text("utf-8")
    assert f"ENV {leak.variable}=" in recipe
    assert f"RUN rm {leak.file}" in recipe

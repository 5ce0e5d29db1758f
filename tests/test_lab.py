"""`lab.yaml` is validated when it is read: unknown, missing or mistyped keys are named with their line."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from checks.lab import Lab, LabError, read_lab
from checks.parsing.text.typed import Mistyped, Section, read_as
from checks.parsing.text.yaml_file import parse_yaml
from checks.sections import BaselineSettings, ImageAsked
from tests.engines import LABS
from tests.made_labs import made_lab

FAT = {"base": "python:3.8.12", "base_aliases": ["python:3.8.12-bullseye"], "tag": "fat:test"}


def test_one_image_stands_at_the_top(tmp_path: Path) -> None:
    lab = made_lab(tmp_path / "lab_x", base="ubuntu:20.04", tag="one:test")
    assert lab.images == {"Dockerfile": ImageAsked(base="ubuntu:20.04", tag="one:test")}
    assert lab.image.bases == ("ubuntu:20.04",)


def test_several_images_in_their_order(tmp_path: Path) -> None:
    images = {"Dockerfile.fat": FAT, "Dockerfile": {"base": "python:3.8.12-slim", "tag": "slim:dev"}}
    lab = made_lab(tmp_path / "lab_x", base=None, tag=None, images=images)
    assert list(lab.images) == ["Dockerfile.fat", "Dockerfile"]
    assert lab.images["Dockerfile.fat"].bases == ("python:3.8.12", "python:3.8.12-bullseye")
    assert lab.image.tag == "slim:dev"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"port": None}, "lab_x/lab.yaml:1: `port` is missing"),
        ({"base": None}, "lab_x/lab.yaml:1: `images.Dockerfile.base` is missing"),
        ({"port": "http"}, "lab_x/lab.yaml:10: `port` is text, and should be a valid integer"),
        ({"edit": "Dockerfile"}, "lab_x/lab.yaml:5: `edit` is text, and should be a valid tuple"),
        ({"nonce": {"file": "a", "txt": "b"}}, "lab_x/lab.yaml:13: `nonce.txt` is no setting"),
        ({"base": None, "tag": None, "images": {"Dockerfile": {**FAT, "size": 1}}}, "Dockerfile.size` is no"),
        ({"planted": {".env": 5}}, "`planted..env` is a whole number, and should be a valid string"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(tmp_path: Path, settings: dict[str, object], said: str) -> None:
    with pytest.raises(LabError, match=re.escape(said)):
        made_lab(tmp_path / "lab_x", **settings)


def test_a_file_that_is_no_yaml_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "lab.yaml").write_text("title: a\nport: [1\n")
    with pytest.raises(LabError, match=rf"{tmp_path.name}/lab.yaml:\d: "):
        read_lab(tmp_path)


@dataclass(frozen=True, kw_only=True)
class Asked(Section):
    """What a lab of these tests asks for."""

    budget_mb: float
    packages: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("budget_mib: 5\n", "`budget_mb` is missing\nx:1: `budget_mib` is no setting; did you mean budget_mb?"),
        ("budget_mb: 5\npackages:\n  - a\n  - 1\n", "x:4: `packages[1]` is a whole number, and should be"),
        ("budget_mb: lots\n", "x:1: `budget_mb` is text, and should be a valid number"),
    ],
)  # fmt: skip
def test_what_only_one_lab_has_is_validated_as_well(text: str, said: str) -> None:
    node = parse_yaml(text.encode(), "x")
    with pytest.raises(Mistyped, match=re.escape(said)):
        read_as(Asked, node, node.value)


def test_a_right_file_is_read() -> None:
    node = parse_yaml(b"budget_mb: 5\npackages: [a, b]\n", "x")
    assert read_as(Asked, node, node.value) == Asked(budget_mb=5.0, packages=("a", "b"))


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_what_only_a_lab_of_the_course_has_is_declared_by_its_checks(lab: Lab) -> None:
    assert type(lab.own).__module__ == f"checks.{lab.module.stem}"


def test_a_section_that_the_lab_does_not_have_is_named() -> None:
    lab = next(lab for lab in LABS if not isinstance(lab.own, BaselineSettings))
    with pytest.raises(LabError, match=f"`Asked` in {lab.module.name} should be a .*BaselineSettings"):
        lab.asks(BaselineSettings)

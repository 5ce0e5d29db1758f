"""A lab asks for one image by three keys, or for several by `images`."""

from pathlib import Path
from typing import Any

import pytest

from checks.lab import ImageAsked, Lab, LabError

FAT = {"base": "python:3.8.12", "base_aliases": ["python:3.8.12-bullseye"], "tag": "fat:test"}


def lab(**settings: Any) -> Lab:
    return Lab(Path("task9_none"), settings)


def test_one_image() -> None:
    asked = lab(dockerfile="Dockerfile", base="ubuntu:20.04", tag="one:test").images
    assert asked == {"Dockerfile": ImageAsked("Dockerfile", "ubuntu:20.04", (), "one:test")}


def test_several_images_in_their_order() -> None:
    slim = {"base": "python:3.8.12-slim", "tag": "slim:dev"}
    asked = lab(dockerfile="Dockerfile", images={"Dockerfile.fat": FAT, "Dockerfile": slim}).images
    assert list(asked) == ["Dockerfile.fat", "Dockerfile"]
    assert asked["Dockerfile.fat"].bases == ("python:3.8.12", "python:3.8.12-bullseye")
    assert asked["Dockerfile"].tag == "slim:dev"


@pytest.mark.parametrize("key", ["base", "tag"])
def test_what_is_missing_is_named(key: str) -> None:
    entry = {name: value for name, value in FAT.items() if name != key}
    with pytest.raises(LabError, match=f"'{key}' for Dockerfile.fat"):
        _ = lab(images={"Dockerfile.fat": entry}).images

"""Image names are parsed as Docker parses them, and each finds its recipe, if one exists."""

import pytest

from checks.engine.standins.names import HUB, read_name
from checks.engine.standins.recipes import recipe_for
from checks.parsing.text.image_reference import ImageReference


@pytest.mark.parametrize(
    ("written", "familiar"),
    [
        ("ubuntu", "ubuntu:latest"),
        ("docker.io/library/ubuntu:20.04", "ubuntu:20.04"),
        ("index.docker.io/ubuntu:20.04", "ubuntu:20.04"),
        ("me/app", "me/app:latest"),
        ("library/ubuntu", "ubuntu:latest"),
        ("library/me/app", "library/me/app:latest"),
        ("docker.io/library/me/app", "library/me/app:latest"),
        ("LOCALHOST/app", "LOCALHOST/app:latest"),
        ("localhost:5000/app:1", "localhost:5000/app:1"),
        ("ghcr.io/a/b", "ghcr.io/a/b:latest"),
        ("ubuntu:20.04@sha256:" + "0" * 64, "ubuntu:20.04@sha256:" + "0" * 64),
    ],
)
def test_familiar_form(written: str, familiar: str) -> None:
    assert str(read_name(written)) == familiar


@pytest.mark.parametrize(
    "written",
    [
        "x",
        "me/x",
        "LOCALHOST/x",
        "localhost/x",
        "Intranet/team/x:1",
        "intranet/team/x:1",
        "a.b/x",
        "a:1/x",
        "A/x@sha256:" + "0" * 64,
        "docker.io/x",
    ],
)
def test_two_readers_see_one_registry(written: str) -> None:
    """The parser that judges a name, and the engine's that decides who is asked for it."""
    assert read_name(written).registry == (ImageReference.parse(written).domain or HUB)


@pytest.mark.parametrize(
    ("image", "recipe"),
    [
        ("ubuntu:20.04", "ubuntu"),
        ("ubuntu:latest", "ubuntu"),
        ("ubuntu:22.04", "ubuntu"),
        ("python:3.8.12", "python-old"),
        ("python:3.12", "python"),
        ("python:3.13", "python"),
        ("python:3.8.12-slim", "python-old-slim"),
        ("python:3.8.12-slim-bullseye", "python-old-slim"),
        ("python:3.13-slim", "python-slim"),
        ("python:3.11-slim-bookworm", "python-slim"),
        ("python:slim", "python-slim"),
        ("debian:bookworm-slim", "root"),
        ("debian:12", "root"),
    ],
)
def test_served(image: str, recipe: str) -> None:
    found = recipe_for(image)
    assert found
    assert found.name == recipe


@pytest.mark.parametrize(
    "image",
    ["ubuntu:20.4", "python:2.7", "python:3.8-alpine", "alpine:3", "me/ubuntu:20.04", "ghcr.io/ubuntu:20.04"],
)
def test_not_served(image: str) -> None:
    assert recipe_for(image) is None

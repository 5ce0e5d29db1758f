"""What comes into a build from outside: arguments that wait for a value, mounted secrets, images."""

import pytest

from checks.parsing.dockerfile.build_inputs import awaited_arguments, external_images, mounted_secrets
from checks.parsing.dockerfile.dockerfile import parse_dockerfile


def awaited(text: str) -> tuple[str, ...]:
    return awaited_arguments(parse_dockerfile(text.encode()))


def mounted(text: str) -> tuple[str, ...]:
    return mounted_secrets(parse_dockerfile(text.encode()))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("FROM a\nARG TOKEN", ("TOKEN",)),
        ("FROM a\nARG REVISION", ("REVISION",)),
        ("FROM a AS b\nARG FIRST\nFROM a\nARG SECOND FIRST", ("FIRST", "SECOND")),
        ("FROM a\nARG API_KEY=none", ("API_KEY",)),
        ("FROM a\nARG KEY=none APIKEY=none SSH_KEY_FILE=none", ("KEY", "APIKEY", "SSH_KEY_FILE")),
        ("FROM a\nARG db_password=''", ("db_password",)),
    ],
)
def test_waits_for_a_value(text: str, names: tuple[str, ...]) -> None:
    assert awaited(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "FROM a",
        "FROM a\nARG PORT=8000",
        "ARG PYTHON=3.12\nFROM python:${PYTHON}\nARG PYTHON",
        "FROM a\nARG TARGETPLATFORM\nARG BUILDARCH",
        "FROM a\nARG HTTP_PROXY\nARG https_proxy\nARG SOURCE_DATE_EPOCH",
        "FROM a\nARG KEYRING=/usr/share/keyrings/a.gpg\nARG MONKEY=1",
        "FROM a\nENV API_KEY=x",
    ],
)
def test_waits_for_nothing(text: str) -> None:
    assert awaited(text) == ()


@pytest.mark.parametrize(
    ("mount", "name"),
    [
        ("type=secret,id=api_key", "api_key"),
        ("type=secret,id=api_key,target=/etc/key", "api_key"),
        ("type=secret,source=api_key", "api_key"),
        ("type=secret,target=/run/secrets/api_key", "api_key"),
        ("type=secret,id=token,env=TOKEN", "token"),
    ],
)
def test_mounts_a_secret(mount: str, name: str) -> None:
    assert mounted(f"FROM a AS b\nRUN --mount={mount} true\nFROM a\nRUN --mount={mount} true") == (name,)


def test_other_mounts_are_no_secrets() -> None:
    assert mounted("FROM a\nRUN --mount=type=cache,target=/c --mount=type=bind,target=/b true") == ()


def test_mounts_a_secret_where_an_onbuild_triggers_it() -> None:
    assert mounted("FROM a AS x\nONBUILD RUN --mount=type=secret,id=key true\nFROM x") == ("key",)
    assert mounted("FROM a\nONBUILD RUN --mount=type=secret,id=key true") == ()


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("FROM a AS x\nFROM b", ("b",)),
        ("FROM a AS x\nFROM b\nCOPY --from=x / /", ("a", "b")),
        ("FROM a AS x\nFROM x AS y\nFROM scratch\nCOPY --from=y / /", ("a",)),
        ("FROM b\nCOPY --from=c / /", ("b", "c")),
        ("FROM b\nRUN --mount=from=d,target=/m true", ("b", "d")),
        ("FROM a AS x\nCOPY --from=c / /\nFROM b", ("b",)),
        ("FROM a AS x\nFROM b AS y\nRUN --mount=from=x,target=/m true\nFROM y", ("a", "b")),
    ],
)
def test_fetches_the_images_of_stages_that_the_last_one_needs(text: str, images: tuple[str, ...]) -> None:
    assert external_images(parse_dockerfile(text.encode())) == images

"""Look-alikes that are cheaper to write down as facts of a container than to boot."""

from typing import Any

import pytest

from checks.expect import composition, operation
from checks.expect.composition import Place
from checks.expect.failure import CheckFailed
from checks.expect.secrets import shows_none
from checks.parsing.compose import parse_compose

PLACE = Place("lab/compose.yaml", 3)
KEY = "0123456789abcdef0123456789abcdef"
BASE64_OF_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@pytest.mark.parametrize(
    "config",
    [
        {"Env": [f"API_KEY={KEY}"]},
        {"Env": [f"SOMETHING_ELSE=prefix-{KEY}"]},
        {"Env": [f"ENCODED={BASE64_OF_KEY}"]},
        {"Labels": {"note": KEY}},
        {"Labels": {KEY: ""}},
        {"Cmd": ["uvicorn", "--header", f"X-API-Key:{KEY}"]},
        {"Entrypoint": ["sh", "-c", f"API_KEY={KEY} exec uvicorn"]},
    ],
)
def test_a_key_in_the_settings_of_a_container_is_found(config: dict[str, Any]) -> None:
    with pytest.raises(CheckFailed):
        shows_none(KEY, config.items(), "no key", "help")


def test_the_place_of_a_key_is_not_the_key() -> None:
    shows_none(KEY, {"Env": ["API_KEY_FILE=/run/secrets/api_key"]}.items(), "no key", "help")
    composition.lacks(["API_KEY=", "API_KEY_FILE=/run/secrets/api_key"], "API_KEY", "help")


def test_a_key_of_somebodys_own_is_found_by_its_name() -> None:
    with pytest.raises(CheckFailed):
        composition.lacks(["API_KEY=written-into-the-file"], "API_KEY", "help")


def inspected(*mounts: tuple[str, bool, str]) -> dict[str, Any]:
    return {"Mounts": [{"Destination": place, "RW": rw, "Source": source} for place, rw, source in mounts]}


def test_a_read_only_mount() -> None:
    composition.mounted(inspected(("/models", False, "/x")), "/models", PLACE)
    composition.mounted(inspected(("/models/model.pkl", False, "/x")), "/models", PLACE)


@pytest.mark.parametrize(
    "mounts",
    [
        [],
        [("/model", False, "/x")],
        [("/models-old", False, "/x")],
        [("/models", True, "/x")],
        [("/", False, "/x")],
    ],
)
def test_no_read_only_mount(mounts: list[tuple[str, bool, str]]) -> None:
    with pytest.raises(CheckFailed) as failed:
        composition.mounted(inspected(*mounts), "/models", PLACE)
    assert (failed.value.file, failed.value.line) == ("lab/compose.yaml", 3)


SECRET = "services: {api: {image: x, secrets: [k]}}\nsecrets: {k: {file: ./secrets/k}}"
BOUND = "services: {api: {image: x, volumes: ['./secrets/k:/run/secrets/k:ro']}}"


def test_a_secret_is_more_than_a_mount() -> None:
    facts = inspected(("/run/secrets/k", False, "/w/secrets/k"))
    composition.grants(parse_compose(SECRET.encode(), "c"), facts, "secrets/k", PLACE)
    for text, mounts in (
        (BOUND, facts),
        (SECRET, inspected()),
        (SECRET, inspected(("/run/secrets/k", False, "/w/x"))),
    ):
        with pytest.raises(CheckFailed):
            composition.grants(parse_compose(text.encode(), "c"), mounts, "secrets/k", PLACE)


@pytest.mark.parametrize(("declared", "in_force"), [(None, 512), (2048, 1024), (512, 0), (512, 1024)])
def test_a_limit_that_is_none(declared: float | None, in_force: float) -> None:
    with pytest.raises(CheckFailed):
        operation.limited(operation.Limit("memory", declared, in_force, 1024), PLACE)


def test_a_limit_in_force() -> None:
    operation.limited(operation.Limit("memory", 512, 512, 1024), PLACE)

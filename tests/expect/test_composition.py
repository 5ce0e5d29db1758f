"""Look-alikes that are cheaper to write down as facts of a container than to boot."""

from contextlib import nullcontext
from typing import Any

import pytest

from checks.evidence.service.service import Answer
from checks.expect import composition, limits, monitoring, operation
from checks.expect.composition import Place
from checks.expect.predictions import let_in
from checks.expect.secrets import shows_none
from checks.outcomes import CheckFailed
from checks.parsing.compose import Service, parse_compose

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
    composition.mounted(inspected(("/models", False, "/x")), "/models", PLACE, "`./here:/there:ro`")
    composition.mounted(inspected(("/models/model.pkl", False, "/x")), "/models", PLACE, "`./here:/there:ro`")
    composition.mounted(
        inspected(("/models", False, "/x"), ("/data", True, "/xy")), "/models", PLACE, "`./here:/there:ro`"
    )
    composition.mounted(
        inspected(("/models", False, "/x"), ("/tmp", True, "")), "/models", PLACE, "`./here:/there:ro`"
    )


@pytest.mark.parametrize(
    "mounts",
    [
        [],
        [("/model", False, "/x")],
        [("/models-old", False, "/x")],
        [("/models", True, "/x")],
        [("/", False, "/x")],
        [("/models", False, "/x"), ("/rw", True, "/x")],
        [("/models", False, "/x"), ("/rw", True, "/x/below")],
        [("/models", False, "/x/below"), ("/rw", True, "/x")],
    ],
)
def test_no_read_only_mount(mounts: list[tuple[str, bool, str]]) -> None:
    with pytest.raises(CheckFailed) as failed:
        composition.mounted(inspected(*mounts), "/models", PLACE, "`./here:/there:ro`")
    assert (failed.value.file, failed.value.line) == ("lab/compose.yaml", 3)


SECRET = "services: {api: {image: x, secrets: [k]}}\nsecrets: {k: {file: ./secrets/k}}"
IN_LONG = SECRET.replace("[k]", "[{source: k, target: /run/secrets/k, mode: 0440}]")
BY_ANOTHER_NAME = SECRET.replace("[k]", "[{source: key, target: k}]").replace("{k:", "{key:")
BOUND = "services: {api: {image: x, volumes: ['./secrets/k:/run/secrets/k:ro']}}"

BOUND_IN_LONG = """
services:
  api:
    image: x
    volumes: [{type: bind, source: ./secrets/k, target: /run/secrets/k, read_only: true}]
"""
FOLDER_BOUND = "services: {api: {image: x, volumes: ['./secrets:/run/secrets:ro']}}"
AS_CONFIG = """
services: {api: {image: x, configs: [{source: k, target: /run/secrets/k}]}}
configs: {k: {file: ./secrets/k}}
"""
AT_THE_TOP_ALONE = f"{BOUND}\nsecrets: {{k: {{file: ./secrets/k}}}}"
OF_ANOTHER = f"{BOUND[:-1]}, b: {{image: x, secrets: [k]}}}}\nsecrets: {{k: {{file: ./secrets/k}}}}"


def test_a_secret_is_more_than_a_mount() -> None:
    facts = inspected(("/run/secrets/k", False, "/w/secrets/k"))
    for text in (SECRET, IN_LONG, BY_ANOTHER_NAME):
        composition.grants(parse_compose(text.encode(), "c").services["api"], facts, "secrets/k", PLACE)
    for text, mounts in (
        (BOUND, facts),
        (BOUND_IN_LONG, facts),
        (FOLDER_BOUND, inspected(("/run/secrets", False, "/w/secrets"))),
        (AS_CONFIG, facts),
        (AT_THE_TOP_ALONE, facts),
        (OF_ANOTHER, facts),
        (SECRET, inspected()),
        (SECRET, inspected(("/run/secrets/k", False, "/w/x"))),
    ):
        with pytest.raises(CheckFailed):
            composition.grants(parse_compose(text.encode(), "c").services["api"], mounts, "secrets/k", PLACE)


@pytest.mark.parametrize(("declared", "in_force"), [(None, 512), (2048, 1024), (512, 0), (512, 1024)])
def test_a_limit_that_is_none(declared: float | None, in_force: float) -> None:
    with pytest.raises(CheckFailed):
        limits.limited(limits.Limit("memory", declared, in_force, 1024), PLACE)


def test_a_limit_in_force() -> None:
    limits.limited(limits.Limit("memory", 512, 512, 1024), PLACE)


def api(entries: str) -> Service:
    return parse_compose(f"services: {{api: {{{entries}}}}}".encode(), "c").services["api"]


@pytest.mark.parametrize("build", [".", "{context: .}", "{context: ./, dockerfile: ./Dockerfile}", "./x/.."])
def test_a_build_of_this_folder(build: str) -> None:
    composition.is_built_here(api(f"build: {build}"), "Dockerfile")


@pytest.mark.parametrize(
    ("build", "words"),
    [
        ("../x", "outside of this folder"),
        ("{context: .., dockerfile: lab/Dockerfile}", "outside of this folder"),
        ("/srv/x", "outside of this folder"),
        ("./x", "`x/Dockerfile`"),
        ("{dockerfile: Other}", "`Other`"),
        ('{context: ., dockerfile_inline: "FROM python"}', "lines of the Compose file"),
        ("https://example.org/x.git", "not in this folder"),
    ],
)
def test_a_build_of_something_else(build: str, words: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        composition.is_built_here(api(f"build: {build}"), "Dockerfile")
    assert words in failed.value.actual


IMAGE = "prom/prometheus"


@pytest.mark.parametrize(
    "image",
    [
        *("prom/prometheus", "prom/prometheus:v2.53.0", "docker.io/prom/prometheus:latest"),
        *("index.docker.io/prom/prometheus", f"prom/prometheus:v3@sha256:{'0' * 64}"),
    ],
)
def test_the_image_by_any_of_its_names(image: str) -> None:
    text = f"services: {{api: {{build: .}}, p: {{image: '{image}'}}}}"
    assert monitoring.runs(parse_compose(text.encode(), "c"), IMAGE) == "p"


@pytest.mark.parametrize(
    "service",
    [
        *(
            "image: prom/prometheus-x",
            "image: localhost:5000/prom/prometheus",
            "image: example.org/prom/prometheus",
        ),
        *("image: prom/prometheus, build: .", "image: 'prom/prometheus:v3', build: {context: .}", "build: ."),
        *("image: prometheus", "image: ''"),
    ],
)
def test_another_image(service: str) -> None:
    text = f"services: {{p: {{{service}}}}}"
    with pytest.raises(CheckFailed):
        monitoring.runs(parse_compose(text.encode(), "c"), IMAGE)


@pytest.mark.parametrize("example", [[], ["LOG"], ["log_level", "LOG_LEVEL_2"]])
def test_an_example_without_the_setting(example: list[str]) -> None:
    with pytest.raises(CheckFailed):
        operation.names_setting(example, "LOG_LEVEL", "lab/.env.example")


def test_a_service_that_waits_for_its_profile() -> None:
    operation.is_started([], PLACE)
    with pytest.raises(CheckFailed, match="starts"):
        operation.is_started(["later"], PLACE)


@pytest.mark.parametrize(
    ("status", "is_in"),
    [
        (200, True),
        (503, True),
        (422, True),
        (500, True),
        (401, False),
        (404, False),
        (405, False),
        (501, False),
    ],
)
def test_who_has_the_key_is_let_in_whatever_comes_of_it(status: int, is_in: bool) -> None:  # noqa: FBT001 - a table
    with nullcontext() if is_in else pytest.raises(CheckFailed):
        let_in(Answer(status, b""), "who", "help")

"""Compose files: what is read, and what is refused with its line."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.parsing.compose import Compose, parse_compose
from checks.parsing.compose.service import words
from checks.parsing.compose.values import Port, seconds, short_mount, short_port, size_in_bytes
from checks.parsing.text.problems import MAX_PROBLEMS, ParseError


def read(text: str, **variables: str) -> Compose:
    return parse_compose(text.encode(), "compose.yaml", variables.get)


FULL = """\
services:
  api:
    build:
      context: .
      dockerfile: Dockerfile
      target: run
      args: {A: 1, B: null}
    ports: ["127.0.0.1:8000:80/tcp"]
    volumes:
      - ./models:/models:ro
      - type: volume
        source: cache
        target: /cache
    secrets: [key, {source: key, target: /etc/key}]
    environment: [A=1, B]
    env_file:
      - .env
      - {path: more.env, required: false}
    healthcheck: {test: curl localhost, interval: 1m30s, retries: 3}
    restart: always
    deploy: {resources: {limits: {memory: 512m, cpus: "0.5"}}}
    depends_on: [db]
    command: python -m "my app"
  db: {image: "postgres:16", healthcheck: {disable: true}, mem_limit: 1g, cpus: 2}
volumes: {cache: }
secrets: {key: {file: ./key}}
"""


def test_a_service_is_read() -> None:
    compose = read(FULL)
    api = compose.services["api"]
    assert compose.problems == ()
    assert api.build is not None
    assert (api.build.context, api.build.target, dict(api.build.args)) == (".", "run", {"A": "1", "B": None})
    assert api.ports == (Port(80, 8000, "127.0.0.1", "tcp", 8),)
    assert [(mount.type, mount.source, mount.read_only) for mount in api.volumes] == [
        ("bind", "./models", True),
        ("volume", "cache", False),
    ]
    assert [grant.target for grant in api.secrets] == ["/run/secrets/key", "/etc/key"]
    assert dict(api.environment) == {"A": "1", "B": None}
    assert [(entry.path, entry.required) for entry in api.env_files] == [(".env", True), ("more.env", False)]
    assert api.healthcheck is not None
    assert (api.healthcheck.test, api.healthcheck.interval) == (("CMD-SHELL", "curl localhost"), 90)
    assert (api.limits.memory_bytes, api.limits.cpus) == (512 * 1024**2, 0.5)
    assert words(api.command) == ("python", "-m", "my app")


def test_a_disabled_health_check_and_the_old_limits() -> None:
    db = read(FULL).services["db"]
    assert db.healthcheck is not None
    assert db.healthcheck.is_disabled
    assert (db.limits.memory_bytes, db.limits.cpus) == (1024**3, 2)


def test_version_is_obsolete_and_no_problem() -> None:
    compose = read("version: '3'\nservices: {a: {image: x}}\n")
    assert compose.problems == ()
    assert [note.line for note in compose.obsolete] == [1]


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("services:\n  a:\n    image: x\n    port: []\n", 4, "ports"),
        ("services:\n  a:\n    image: x\n    healtcheck: {}\n", 4, "healthcheck"),
        ("services:\n  a:\n    image: x\n    ports: 80\n", 4, "a list"),
        ("services:\n  a:\n    image: x\n    ports:\n      - 80:x\n", 5, "a port"),
        ("services:\n  a:\n    image: x\n    ports: ['70000']\n", 4, "a port"),
        ("services:\n  a:\n    image: x\n    restart: sometimes\n", 4, "unless-stopped"),
        ("services:\n  a:\n    image: x\n    mem_limit: lots\n", 4, "a size"),
        ("services:\n  a:\n    image: x\n    stop_grace_period: 10\n", 4, "its unit"),
        ("services:\n  a:\n    image: x\n    init: maybe\n", 4, "true or false"),
        ("services:\n  a:\n    image: x\n    depends_on: [b]\n", 4, "service"),
        ("services:\n  a:\n    image: x\n    volumes: ['data:/data']\n", 4, "volume"),
        ("services:\n  a:\n    image: x\n    networks: [front]\n", 4, "network"),
        ("services:\n  a:\n    image: x\n    env_file: [{required: true}]\n", 4, "path"),
        ("services:\n  a: {}\n", 2, "image"),
        ("services:\n  a b: {image: x}\n", 2, "letters"),
        ("service:\n  a: {image: x}\n", 1, "services"),
        ("services: {a: {image: x}}\nnetwork: {}\n", 2, "networks"),
        ("services:\n  a:\n    image: ${X:?which}\n", 3, "which"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, word: str) -> None:
    problems = read(text).problems
    assert any(problem.line == line and word in problem.message for problem in problems), problems


def test_variables_are_replaced() -> None:
    compose = read(
        "services: {a: {image: '${IMAGE:-x}', ports: ['${PORT}:80'], init: '${INIT}'}}",
        PORT="8080",
        INIT="true",
    )
    assert compose.problems == ()
    assert compose.services["a"].image == "x"
    assert compose.services["a"].ports[0].published == 8080


@pytest.mark.parametrize("text", ["", "[]", "a: 1\n---\n[b]\n", "a: &a [*a]\n"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        read(text)


def test_values_with_a_form() -> None:
    assert (size_in_bytes("512m"), size_in_bytes("1.5gb"), size_in_bytes("12")) == (512 << 20, 3 << 29, 12)
    assert (seconds("1h30m"), seconds("500ms"), seconds("10"), seconds("")) == (5400, 0.5, None, None)
    assert short_mount(r"C:\data:/data:ro") == short_mount(r"C:\data:/data:ro")
    assert short_mount("/only").source == ""
    assert short_port("8000-8002:80-82/udp", 1) == Port(80, 8000, "", "udp", 1, 3)
    assert short_port("[::1]::53", 1) == Port(53, None, "::1", "tcp", 1)
    assert short_port("9000-9009:80", 1) == Port(80, 9000, "", "tcp", 1)
    assert short_port("1-9:1-3", 1) is None
    assert short_port("99999999999", 1) is None


@pytest.mark.parametrize(
    ("written", "maps"),
    [("8000:8000", True), ("7990-8010:7990-8010", True), ("1-65535:1-65535", True), ("8000-8000:8000", True)]
    + [
        (text, False)
        for text in (
            *("8000", "8001:8000", "8000:8001", "7000-7002:8000-8002", "8001-8010:8001-8010"),
            *("8000-8010:8000", "7999-8000:8000", "127.0.0.1:8000-8001:8000/tcp"),
        )
    ],
)
def test_a_port_on_the_same_port(written: str, maps: bool) -> None:  # noqa: FBT001 - a table
    port = short_port(written, 1)
    assert port is not None
    assert port.maps(8000) is maps


BASE = """\
  base:
    image: x
    ports: ["80:80"]
    command: [a]
    environment: {A: 1, B: 2}
    volumes: ["./old:/m", "./other:/o"]
    build: {context: ., target: run}
    healthcheck: {test: [CMD, a], interval: 5s}
    logging: {driver: local, options: {a: b}}
    extra_hosts: ["h:1.1.1.1"]
    depends_on: [db]
  db: {image: y}
"""


@pytest.mark.parametrize(
    ("own", "key", "whole"),
    [
        ("{}", "ports", ["80:80"]),
        ("{ports: ['90:90']}", "ports", ["80:80", "90:90"]),
        ("{ports: !override ['90:90']}", "ports", ["90:90"]),
        ("{ports: !reset []}", "ports", None),
        ("{command: b c}", "command", "b c"),
        ("{environment: [B=3, C]}", "environment", {"A": 1, "B": "3", "C": None}),
        ("{environment: {A: }}", "environment", {"A": None, "B": 2}),
        ("{volumes: ['./new:/m']}", "volumes", ["./new:/m", "./other:/o"]),
        ("{build: ./here}", "build", {"context": "./here", "target": "run"}),
        ("{healthcheck: {test: [CMD, b]}}", "healthcheck", {"test": ["CMD", "b"], "interval": "5s"}),
        ("{image: }", "image", "x"),
        ("{command: null}", "command", None),
        ("{logging: {options: {c: d}}}", "logging", {"driver": "local", "options": {"a": "b", "c": "d"}}),
        ("{logging: {driver: none}}", "logging", {"driver": "none"}),
        ("{extra_hosts: {h: 1.1.1.2}}", "extra_hosts", {"h": ["1.1.1.1", "1.1.1.2"]}),
        ("{extra_hosts: {h: [1.1.1.1]}}", "extra_hosts", {"h": ["1.1.1.1"]}),
    ],
)
def test_a_service_extends_another_of_the_file(own: str, key: str, whole: object) -> None:
    """As Compose itself merges them: each was compared with its normalised form."""
    extending = own.replace("{", "{extends: {service: base}, ", 1)
    compose = read(f"services:\n{BASE}  api: {extending}\n")
    found = compose.services["api"].node.get(key)
    assert compose.problems == ()
    assert (found.value if found is not None else None) == whole
    two = read(f"services:\n{BASE}---\nservices:\n  base: {own}\n").services["base"].node.get(key)
    assert (two.value if two is not None else None) == whole


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("services:\n  a:\n    image: x\n    extends: b\n", 4, "`b`"),
        ("services:\n  a: {image: x, extends: b}\n  b: {image: x, extends: a}\n", 3, "circle"),
        ("service:\n  a: {image: x}\n", 1, "services"),
        ("services:\n  a:\n    image: ${X:?which}\n", 3, "`X` is not set: which"),
        ("services:\n  a:\n    image: x\n    scale: ${R}\n", 4, "`R` is not set"),
        ("services:\n  a:\n    image: ${I}\n", 2, "`I` is not set"),
        ("version: 3.8\nservices: {a: {image: x}}\n", 1, "in quotes"),
    ],
)
def test_one_mistake_is_told_once(text: str, line: int, word: str) -> None:
    (problem,) = read(text).problems
    assert problem.line == line
    assert word in problem.message
    assert "and is ``" not in problem.message


def test_what_is_replaced_by_nothing_is_noted() -> None:
    compose = read('services:\n  a:\n    image: x\n    ports:\n      - "${P}:8000"\n')
    assert compose.problems == ()
    assert [(note.line, "`P`" in note.message) for note in compose.unset] == [(5, True)]


def test_the_project_has_a_name() -> None:
    text = "services: {api: {image: x, container_name: '${COMPOSE_PROJECT_NAME:?}-api'}}"
    names = [
        read(text, **given).services["api"].node["container_name"].text
        for given in ({}, {"COMPOSE_PROJECT_NAME": "p"})
    ]
    assert (names, read(text).unset) == (["project-api", "p-api"], ())


def test_the_working_directory_is_the_folder_of_the_file() -> None:
    api = read('services: {api: {build: "${PWD}", volumes: ["${PWD}/models:/models:ro"]}}').services["api"]
    assert api.build is not None
    assert (api.build.context, api.volumes[0].source) == (".", "./models")


@pytest.mark.parametrize(
    ("profiles", "is_on"), [("later", True), ("a,later", True), ("*", True), ("a", False)]
)
def test_a_profile_switches_a_service_on(profiles: str, is_on: bool) -> None:  # noqa: FBT001 - a table
    compose = read("services: {a: {image: x, profiles: [later]}}", COMPOSE_PROFILES=profiles)
    assert (compose.problems == ()) is is_on


def test_an_extended_chain_is_bounded() -> None:
    chain = "".join(f"  s{n}: {{extends: s{n + 1}}}\n" for n in range(500))
    assert any(
        "chain" in problem.message for problem in read(f"services:\n{chain}  s500: {{image: x}}\n").problems
    )


def test_what_many_services_extend_is_bounded() -> None:
    base = f"  b: {{image: x, labels: {{a: {'x' * 64_000}}}}}\n"
    many = "".join(f"  s{n}: {{extends: b}}\n" for n in range(60))
    with pytest.raises(ParseError, match="merged"):
        read(f"services:\n{base}{many}")


def test_unknown_names_are_compared_with_few() -> None:
    known = [f"service{n:06d}" for n in range(100)]
    many = "".join(f"  {name}: {{image: x}}\n" for name in known)
    unknown = ", ".join(f"servicf{n:06d}" for n in range(MAX_PROBLEMS + 50))
    problems = read(f"services:\n{many}  a: {{image: x, depends_on: [{unknown}]}}\n").problems
    assert len(problems) == MAX_PROBLEMS + 1
    assert not any("did you mean" in problem.message for problem in problems)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["${X}", "8:80", "./a:/b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["services", "api", "build", "context", "ports", "volumes", "secrets", "healthcheck", "test", "deploy",
         "resources", "limits", "memory", "file", "source", "target", "env_file", "path", "image", "x-a", "a"]
    ), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["services", "secrets", "networks", "volumes", "version"]), VALUES))
def test_no_tree_breaks_it(tree: dict[str, object]) -> None:
    with suppress(ParseError):
        compose = read(json.dumps(tree))
        assert all(problem.line >= 1 for problem in compose.problems)


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    with suppress(ParseError):
        assert isinstance(parse_compose(data, "compose.yaml"), Compose)

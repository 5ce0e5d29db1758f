"""Projects that ask for more than the limits allow, or for the grader's variables, names and packets."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from checks.engine.docker_run import run_container
from checks.outcomes import CheckFailed

Boot = Callable[..., Any]
API: dict[str, Any] = {"build": ".", "command": ["true"]}


@pytest.mark.parametrize(
    "asked",
    [
        {"pids_limit": -1, "mem_limit": -1, "memswap_limit": -1},
        {"pids_limit": 0, "cpus": 0, "mem_limit": 0},
        {"deploy": {"resources": {"limits": {"pids": -1}}}},
        {"pids_limit": 99999, "memswap_limit": "1t", "cpus": 64, "cpu_shares": 262144},
    ],
)
def test_what_is_no_limit(boot: Boot, asked: dict[str, Any]) -> None:
    facts = boot({"api": {**API, **asked}}).facts["api"]["HostConfig"]
    assert facts["PidsLimit"] == 256
    assert facts["Memory"] == facts["MemorySwap"] == 1 << 30
    assert facts["NanoCpus"] == 1_000_000_000
    assert facts["CpuShares"] == 0


def test_eight_services_share_the_memory(boot: Boot) -> None:
    others = {f"s{number}": API for number in range(7)}
    facts = boot({**others, "api": {**API, "depends_on": [*others]}}).facts
    assert len(facts) == 8
    assert sum(fact["HostConfig"]["Memory"] for fact in facts.values()) <= 4 << 30


def test_memory_that_adds_up_to_too_much(refused: Boot) -> None:
    others = {f"s{number}": {**API, "mem_limit": "1g"} for number in range(7)}
    why = refused({**others, "api": {**API, "depends_on": [*others], "mem_limit": "1g"}})
    assert "(the limit of memory)" in why.actual


NAMES = ["DOCKER_HOST", "DOCKER_CONFIG", "HOME", "PATH", "PWD", "USER", "OLDPWD", "VIRTUAL_ENV", "LANG"]


def test_the_graders_variables_reach_nobody(
    boot: Boot, monkeypatch: pytest.MonkeyPatch, witness: Any
) -> None:
    """Not as bare names, not in an env file, not in a label, not as an argument of a build."""
    for name in ["GRADER", *NAMES[-4:]]:
        monkeypatch.setenv(name, witness.word)
    bare = ["GRADER", *NAMES, "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND"]
    example = "".join(f"X_{name}=${{{name}}}\nY_{name}=$${{{name}}}\n" for name in bare)
    dockerfile = "FROM python:3.12-slim\n" + "".join(f"ARG {name}\n" for name in bare) + "RUN env > /args\n"
    api = {
        "build": {"context": ".", "args": bare},
        "environment": bare,
        "env_file": [".env", ".env.example"],
        "labels": {"a": "${GRADER:-none}"},
        "command": ["/bin/cat", "/args", "/proc/1/environ"],
    }
    boots = boot({"api": api}, dockerfile=dockerfile, example=example + "".join(f"{n}\n" for n in bare[-1:]))
    seen = boots.said["api"] + json.dumps(boots.facts["api"]["Config"])
    engine, _ = boots.booted.evidence.engines.ready()
    assert witness.word not in seen
    for value in (engine.docker_host, str(engine.cli), engine.environment.get("DOCKER_CONFIG", "-/-")):
        assert value not in seen


@pytest.mark.parametrize("section", ["secrets", "configs"])
@pytest.mark.parametrize("name", ["HOME", "PATH", "DOCKER_HOST", "GRADER"])
def test_nor_as_the_text_of_a_file(
    refused: Boot, monkeypatch: pytest.MonkeyPatch, section: str, name: str
) -> None:
    monkeypatch.setenv("GRADER", "of the grader")
    why = refused({"api": {**API, section: ["s"]}}, **{section: {"s": {"environment": name}}})
    assert name in why.expected
    assert why.line is not None


def test_names_and_forged_packets_go_nowhere(boot: Boot, script: Any) -> None:
    look = script(
        "[t(socket.gethostbyname, name) for name in ('db', 'other.name', 'example.com')]",
        "t(socket.socket, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)",
        "t(socket.socket, socket.AF_PACKET, socket.SOCK_RAW)",
        "t(socket.create_connection, ('192.0.2.1', 80), 1); print('done')",
    )
    db = {"build": ".", "command": ["sleep", "60"], "networks": {"n": {"aliases": ["other.name"]}}}
    api = {"build": ".", "command": look, "depends_on": ["db"], "networks": ["n"]}
    said = boot({"db": db, "api": api}, networks={"n": {}}).said["api"]
    for name in ("db", "other.name"):
        assert re.search(rf"gethostbyname {name} -> 1\d+\.", said), said
    assert "gethostbyname example.com -> gaierror" in said
    assert said.count("PermissionError") >= 2
    assert re.search(r"create_connection .* -> (OSError|TimeoutError)", said), said


def test_a_flood_of_health_checks(boot: Boot) -> None:
    """Of the image, and of the file on another image; each prints as much as it can."""
    flood = "HEALTHCHECK --interval=1ms --start-interval=1ms --start-period=1h CMD yes | head -c 1000000"
    own = {"test": ["CMD", "true"], "interval": "1ms"}
    db = {"build": ".", "command": ["sleep", "30"], "healthcheck": own}
    api = {"build": ".", "command": ["true"], "depends_on": ["db"]}
    boots = boot({"db": db, "api": api}, dockerfile=f"FROM python:3.12-slim\n{flood}\n")
    engine, run = boots.booted.evidence.engines.ready()
    (image,) = boots.booted.images.built.values()
    with run_container(engine, run, image.reference, command=["sleep", "30"]) as alone:
        assert alone.inspect()["Config"]["Healthcheck"]["Interval"] >= 3600 * 1_000_000_000
    for name in ("db", "api"):
        check = boots.facts[name]["Config"]["Healthcheck"]
        assert check["Interval"] >= 500_000_000
        assert check.get("StartInterval", 500_000_000) >= 500_000_000


def test_a_service_that_poses_as_another(boot: Boot, script: Any) -> None:
    labels = {
        "com.docker.compose.service": "api",
        "com.docker.compose.project": "x",
        "graded-docker-lab.run": "y",
    }
    other = {"build": ".", "command": ["sleep", "30"], "labels": labels, "deploy": {"labels": labels}}
    boots = boot(
        {"zzz": other, "api": {**API, "command": script("print('the right one')"), "depends_on": ["zzz"]}}
    )
    assert "the right one" in boots.booted.service.running.logs()
    assert boots.facts["zzz"]["Config"]["Labels"]["graded-docker-lab.run"] != "y"


@pytest.mark.parametrize(
    ("rest", "limit"),
    [
        ({"networks": {f"n{number}": {} for number in range(600)}}, "networks"),
        ({"volumes": {f"v{number}": {} for number in range(3000)}}, "volumes"),
        (
            {"secrets": {f"s{number}": {"file": "./secrets/api_key"} for number in range(40)}},
            "secrets and configs",
        ),
    ],
)
def test_more_than_an_engine_should_make(refused: Boot, rest: dict[str, Any], limit: str) -> None:
    assert f"(the limit of {limit})" in refused({"api": API}, **rest).actual


@pytest.mark.parametrize(
    "ports", [["1-65535:1-65535"], ["8000-8299"], [f"{n}-{n + 999}" for n in range(1, 60000, 1000)]]
)
def test_more_ports_than_are_published(refused: Boot, ports: list[str]) -> None:
    assert "(the limit of ports)" in refused({"api": {**API, "ports": ports}}).actual


def test_more_volumes_of_an_image(refused: Boot) -> None:
    volumes = " ".join(f"/v{number}" for number in range(300))
    why = refused({"api": API}, dockerfile=f"FROM python:3.12-slim\nVOLUME {volumes}\n")
    assert "(the limit of volumes)" in why.actual


@pytest.mark.parametrize("command", [["true"], ["sh", "-c", "exit 3"]])
@pytest.mark.parametrize("restart", ["no", "always"])
def test_a_service_that_ends_by_itself_is_not_crashed(boot: Boot, command: list[str], restart: str) -> None:
    booted = boot({"api": {**API, "command": command, "restart": restart}}, ends=False).booted
    with pytest.raises(CheckFailed) as failed, booted.crashed():
        pass
    assert "at work" in failed.value.expected


@pytest.mark.parametrize("copies", [{"scale": 0}, {"scale": -1}, {"deploy": {"replicas": 0}}])
def test_no_copy_of_a_service(refused: Boot, copies: dict[str, Any]) -> None:
    assert refused({"api": {**API, **copies}})


def test_a_service_that_cannot_begin(refused: Boot) -> None:
    assert "no-such-program" in refused({"api": {**API, "command": ["no-such-program"]}}).actual


@pytest.mark.parametrize(
    "registry", ["127.0.0.1:5000", "localhost:5000", "169.254.169.254", "registry.internal"]
)
def test_an_image_of_a_registry_on_this_machine(refused: Boot, registry: str) -> None:
    services = {"api": {**API, "depends_on": ["other"]}, "other": {"image": f"{registry}/x:1"}}
    assert "in its own network" in refused(services).actual


FILL = "head -c 1400000000 /dev/zero > /w/f; sleep 600"


@pytest.mark.parametrize(
    "service",
    [
        {"volumes": ["./data:/w"], "command": ["sh", "-c", FILL]},
        {"volumes": ["kept:/w"], "command": ["sh", "-c", FILL], "restart": "always"},
        {"command": ["sh", "-c", f"mkdir /w; {FILL}"]},
    ],
    ids=["what it mounts", "a volume", "its own layer"],
)
def test_a_disk_that_would_be_filled(boot: Boot, service: dict[str, Any]) -> None:
    """Both times: a project that was stopped once is watched when it is booted again."""
    boots = boot({"api": {"build": ".", **service}}, volumes={"kept": {}})
    assert boots.booted.service.running.limit_hit() == (
        "it was stopped when it had written more than 1024 MiB (its limit of disk)"
    )

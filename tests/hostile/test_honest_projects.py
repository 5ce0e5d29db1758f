"""Projects that look like an attack but are honest: they boot, and behave as with Compose."""

from collections.abc import Callable
from typing import Any

import pytest

from checks.outcomes import CheckFailed

pytestmark = pytest.mark.builds_lab("lab_compose")

Boot = Callable[..., Any]


@pytest.mark.parametrize(
    "again",
    ["./data:/there:ro", "data/../data:/there", {"type": "bind", "source": "./data", "target": "/there"}],
)
def test_what_one_service_writes_another_reads(boot: Boot, script: Any, again: Any, after: Any) -> None:
    volume = again if not isinstance(again, str) or again.startswith(".") else f"./{again}"
    writer = {
        "build": ".",
        "volumes": ["./data:/data"],
        "command": script("open('/data/x', 'w').write('hello')"),
    }
    reader = {"volumes": [volume, "./models:/models:ro"], "command": script("t(read, '/there/x')")}
    said = boot({"w": writer, "api": after("w", reader)}).said["api"]
    assert "-> hello" in said


def test_a_folder_in_a_folder_at_its_own_place(boot: Boot, script: Any) -> None:
    look = script("t(os.listdir, '/w/models'); open('/w/note', 'w').write('x'); t(write, '/w/models/x')")
    said = boot({"api": {"build": ".", "volumes": [".:/w", "./models:/w/models:ro"], "command": look}}).said[
        "api"
    ]
    assert "model.pkl" in said
    assert "Read-only file system" in said


def test_variables_of_the_env_file(boot: Boot) -> None:
    api = {
        "build": {"context": ".", "args": ["COLOUR"]},
        "environment": ["LOG_LEVEL", "COLOUR", "NOBODYS"],
        "secrets": ["s"],
        "command": ["sh", "-c", "cat /run/secrets/s /colour; env"],
    }
    boots = boot(
        {"api": api},
        dockerfile="FROM python:3.12-slim\nARG COLOUR\nRUN echo built $COLOUR > /colour\n",
        example="COLOUR=a $$ b\nLOG_LEVEL=info\n",
        secrets={"s": {"environment": "COLOUR"}},
    )
    said = boots.said["api"]
    assert "a $ bbuilt a $ b" in said
    assert f"LOG_LEVEL={boots.booted.second.level}" in said
    assert "COLOUR=a $ b" in said
    assert "NOBODYS" not in said


def test_networks_limits_and_volumes(boot: Boot, script: Any) -> None:
    services = {
        "db": {
            "build": ".",
            "command": ["sleep", "5"],
            "networks": {"back": {"aliases": ["store"], "priority": 10}},
            "volumes": ["kept:/kept", "/anonymous"],
        },
        "api": {
            "build": ".",
            "networks": ["back", "default"],
            "pids_limit": 100,
            "cap_drop": ["ALL"],
            "read_only": True,
            "tmpfs": ["/tmp:size=1m,mode=1777"],
            "depends_on": ["db"],
            "command": script("t(socket.gethostbyname, 'store'); t(write, '/tmp/x')"),
        },
    }
    boots = boot(services, networks={"back": {"internal": True}}, volumes={"kept": {}})
    assert "gethostbyname store -> 1" in boots.said["api"]
    assert "/tmp/x -> 7" in boots.said["api"]
    assert boots.facts["api"]["HostConfig"]["PidsLimit"] == 100


def test_the_env_file_as_a_file(boot: Boot, script: Any) -> None:
    """At each boot it is the one of that boot."""
    look = script("t(read, '/e'); t(read, '/w/.env')")
    boots = boot({"api": {"build": ".", "volumes": ["./.env:/e:ro", ".:/w:ro"], "command": look}})
    levels = [boots.booted.first.level, boots.booted.second.level]
    assert boots.said["api"].count(f"LOG_LEVEL='{levels[1]}'") == 2


def test_a_folder_that_is_not_there_yet(boot: Boot, script: Any) -> None:
    api = {"build": ".", "volumes": ["./new/deep:/n"], "command": script("t(write, '/n/x')")}
    assert "/n/x -> 7" in boot({"api": api}).said["api"]


@pytest.mark.parametrize(
    "own",
    [
        {"command": ["--config.file=/etc/prometheus/prometheus.yml", "--web.enable-lifecycle"]},
        {"command": "--config.file /etc/prometheus/prometheus.yml --storage.tsdb.path=/prometheus/own"},
        {"command": ["--config.file=/etc/prometheus/prometheus.yml"], "volumes": ["kept:/prometheus"]},
    ],
    ids=["the default place of its data", "a place of its own", "a volume"],
)
def test_a_watcher_that_waits_for_nobody(boot: Boot, own: Any) -> None:
    """Without `depends_on`, and with a command of its own: its data is where the genuine image has it."""
    services = {
        "api": {"build": ".", "command": ["sleep", "5"]},
        "watcher": {"image": "prom/prometheus:v2.53.0", **own},
    }
    prometheus = boot(services, ends=False, volumes={"kept": {}}).booted.also("watcher", 9090)
    assert prometheus is not None
    assert prometheus.get("/-/ready").status == 200


def test_a_watcher_without_its_settings(boot: Boot) -> None:
    """They are looked for in the folder that it works in, and there are none."""
    services = {
        "api": {"build": ".", "command": ["sleep", "5"]},
        "watcher": {"image": "prom/prometheus:v2.53.0", "command": ["--web.enable-lifecycle"]},
    }
    prometheus = boot(services, ends=False).booted.also("watcher", 9090)
    assert prometheus is not None
    with pytest.raises(CheckFailed, match="an answer"):
        prometheus.get("/-/ready")


def test_two_containers_of_a_service_and_one_port(boot: Boot) -> None:
    """Whoever asks for it finds the first; that there is one port outside, another check says."""
    api = {"build": ".", "command": ["sleep", "5"], "ports": ["8000:8000"], "deploy": {"replicas": 2}}
    assert boot({"api": api}, ends=False).booted.first.up.succeeded

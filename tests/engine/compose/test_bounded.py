"""A normalised file, rewritten: limits, labels, loopback, no way out."""

from typing import Any

import pytest

from checks.engine.compose.bounded import Bounds, declared
from checks.engine.limits import ContainerLimits

BOUNDS = Bounds(
    {"run": "r"}, ContainerLimits(memory_mib=1024, processes=256, cpus=1.0), lambda name: f"id-{name}"
)


def bounded(service: dict[str, Any], **sections: Any) -> Any:
    return BOUNDS.applied({"services": {"api": service}, **sections}, "project")


def limits(service: dict[str, Any]) -> Any:
    return bounded(service)["services"]["api"]["deploy"]["resources"]["limits"]


def test_a_port_is_on_loopback_and_chosen_by_the_system() -> None:
    given = {"ports": [{"target": 80, "published": "80", "host_ip": "0.0.0.0", "protocol": "tcp"}]}
    (port,) = bounded(given)["services"]["api"]["ports"]
    assert port == {"mode": "ingress", "host_ip": "127.0.0.1", "target": 80, "protocol": "tcp"}


@pytest.mark.parametrize(
    ("given", "memory", "cpus"),
    [
        ({}, 1024 << 20, 1.0),
        ({"mem_limit": "268435456", "cpus": 0.5}, 256 << 20, 0.5),
        ({"deploy": {"resources": {"limits": {"memory": "268435456", "cpus": 0.25}}}}, 256 << 20, 0.25),
        ({"mem_limit": "99g", "cpus": 64}, 1024 << 20, 1.0),
        ({"deploy": {"resources": {"reservations": {"memory": "1m"}}}}, 1024 << 20, 1.0),
    ],
)
def test_limits_are_the_services_own_up_to_ours(given: dict[str, Any], memory: int, cpus: float) -> None:
    found = limits(given)
    assert (int(found["memory"]), float(found["cpus"]), found["pids"]) == (memory, cpus, 256)


def test_reservations_are_no_limits() -> None:
    assert declared({"deploy": {"resources": {"reservations": {"memory": "1m", "cpus": "1"}}}}) == {}


def test_what_could_collide_or_pull_is_left_out() -> None:
    service = bounded(
        {"container_name": "x", "build": {"context": "."}, "pull_policy": "always", "image": "x"}
    )
    api = service["services"]["api"]
    assert api["image"] == "id-api"
    assert not {"container_name", "build", "pull_policy"} & api.keys()


def test_all_that_is_made_is_labelled() -> None:
    made = bounded(
        {"labels": {"own": "1"}},
        networks={"n": {"name": "theirs", "driver": "bridge"}},
        volumes={"v": {"name": "v"}},
    )
    assert made["services"]["api"]["labels"] == {"own": "1", "run": "r"}
    assert made["volumes"] == {"v": {"labels": {"run": "r"}}}
    network = made["networks"]["n"]
    assert network["labels"] == {"run": "r"}
    assert "name" not in network
    assert network["driver_opts"] == {"com.docker.network.bridge.enable_ip_masquerade": "false"}


def test_the_run_cannot_be_forged_by_a_label() -> None:
    assert bounded({"labels": {"run": "another"}})["services"]["api"]["labels"] == {"run": "r"}

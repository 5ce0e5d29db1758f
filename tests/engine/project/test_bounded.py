"""A normalised file is rewritten with limits, labels, ports on loopback, and no way to the network."""

from typing import Any

import pytest

from checks.engine.limits import ContainerLimits
from checks.engine.project.document import publishing
from checks.engine.project.resources import declared, memory_taken
from checks.engine.project.sandbox import Sandbox

BOUNDS = Sandbox(
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
        ({"cpu_quota": "50000"}, 1024 << 20, 0.5),
        ({"cpu_quota": 10000, "cpu_period": "50000"}, 1024 << 20, 0.2),
        ({"cpu_quota": 400000, "cpu_period": 100000}, 1024 << 20, 1.0),
        ({"cpu_quota": -1}, 1024 << 20, 1.0),
        ({"cpu_quota": 1, "cpu_period": 1_000_000}, 1024 << 20, 1.0),  # the engine rounds these to no quota
        ({"cpus": 0.000004}, 1024 << 20, 1.0),
        ({"deploy": {"resources": {"limits": {"cpus": "1e-10", "pids": 0.5}}}}, 1024 << 20, 1.0),
        ({"cpus": 0.00001, "pids_limit": "0.9"}, 1024 << 20, 0.00001),
        ({"cpu_period": 50000}, 1024 << 20, 1.0),
    ],
)
def test_limits_are_the_services_own_up_to_ours(given: dict[str, Any], memory: int, cpus: float) -> None:
    found = limits(given)
    assert (int(found["memory"]), float(found["cpus"]), found["pids"]) == (memory, cpus, 256)


@pytest.mark.parametrize("none", [-1, 0, "-1", "0", "-0.5", "nan", "", None, 99999])
def test_what_is_no_limit_leaves_ours(none: Any) -> None:
    for given in (
        {"pids_limit": none, "cpus": none, "mem_limit": none, "memswap_limit": none},
        {"deploy": {"resources": {"limits": {"pids": none, "cpus": none, "memory": none}}}},
    ):
        service = bounded(given)["services"]["api"]
        in_force = service["deploy"]["resources"]["limits"]
        memory = 99999 if none == 99999 else 1024 << 20
        assert in_force == {"memory": str(memory), "cpus": "1.0", "pids": 256}
        assert service["memswap_limit"] == str(memory)


def test_a_lower_limit_of_processes_is_kept() -> None:
    assert limits({"pids_limit": 100})["pids"] == 100
    assert limits({"deploy": {"resources": {"limits": {"pids": 100}}}})["pids"] == 100


def test_services_without_a_limit_share_what_is_left() -> None:
    services: dict[str, Any] = {f"s{number}": {} for number in range(7)} | {
        "own": {"mem_limit": "512m", "scale": 2}
    }
    made = BOUNDS.applied({"services": services}, "project")["services"]
    memory = {name: int(service["memswap_limit"]) >> 20 for name, service in made.items()}
    assert memory["own"] == 512
    assert {memory[name] for name in services if name != "own"} == {(4096 - 2 * 512) // 7}
    assert memory_taken(services, 1024) == 1024


def test_packets_cannot_be_forged_and_names_go_nowhere() -> None:
    service = bounded({"cap_drop": ["CHOWN"]})["services"]["api"]
    assert service["cap_drop"] == ["CHOWN", "MKNOD", "NET_RAW"]
    assert service["dns"] == ["127.0.0.1"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"cap_add": ["NET_RAW"]}, {"cap_add": []}),
        ({"cap_add": ["mknod", "CAP_MKNOD"]}, {"cap_add": []}),
        ({"cap_add": ["CAP_NET_RAW", "CHOWN"], "cap_drop": ["ALL"]}, {"cap_add": ["CHOWN"]}),
        ({"shm_size": "134217728"}, {"shm_size": str(128 << 20)}),
        ({"shm_size": "99g", "mem_limit": "268435456"}, {"shm_size": str(256 << 20)}),
        ({"ipc": "private"}, {"ipc": "private"}),
        ({"extra_hosts": ["db=10.0.0.5"]}, {"extra_hosts": ["db=10.0.0.5"]}),
        (
            {"volumes": [{"type": "bind", "bind": {"propagation": "rprivate", "selinux": "z"}}]},
            {"volumes": [{"type": "bind", "bind": {"selinux": "z"}}]},
        ),
        ({"security_opt": ["seccomp=builtin"]}, {"security_opt": ["no-new-privileges:true"]}),
    ],
)
def test_what_is_bounded_is_written_anew(given: dict[str, Any], kept: dict[str, Any]) -> None:
    service = bounded(given)["services"]["api"]
    assert {key: service[key] for key in kept} == kept


@pytest.mark.parametrize(
    "given",
    [
        {"ulimits": {"rtprio": 99, "nofile": 1 << 20}},
        {"cpuset": "0-63", "cpu_rt_runtime": 95000},
        {"dns_search": ["example.com"], "mac_address": "02:42:ac:11:65:43"},
        {"annotations": {"org.systemd.property.DevicePolicy": "auto"}},
        {"oom_score_adj": -1000, "blkio_config": {"weight": 1000}},
        {"sysctls": {"net.core.somaxconn": "1"}, "storage_opt": {"size": "9T"}},
        {"a-key-of-tomorrow": True, "devices": ["/dev/kmsg"], "privileged": True},
    ],
)
def test_what_is_left_out_never_gets_to_the_engine(given: dict[str, Any]) -> None:
    assert not bounded(given)["services"]["api"].keys() & given.keys()


@pytest.mark.parametrize(
    ("ports", "count"),
    [
        ([], 1),
        ([{"target": 8000, "protocol": "tcp"}], 1),
        ([{"target": 8000, "protocol": "udp"}], 2),
        ([{"target": 80, "protocol": "tcp"}], 2),
    ],
)
def test_the_grader_publishes_what_it_asks(ports: list[Any], count: int) -> None:
    made = publishing({"services": {"api": {"ports": ports}, "other": {}}}, "api", 8000)["services"]
    assert len(made["api"]["ports"]) == count
    assert any((port["target"], port["protocol"]) == (8000, "tcp") for port in made["api"]["ports"])
    assert made["other"] == {}


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

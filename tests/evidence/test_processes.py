"""Processes as the engine shows them: their users in the container, and those of the service itself."""

from typing import Any

import pytest

from checks.evidence.service.processes import Process, below, root_of

# As `docker info` answers.
ENGINES: dict[str, tuple[dict[str, Any], int]] = {
    "as it is installed": (
        {"SecurityOptions": ["name=seccomp,profile=builtin"], "DockerRootDir": "/var/lib/docker"},
        0,
    ),
    "userns-remap": (
        {
            "SecurityOptions": ["name=seccomp,profile=builtin", "name=userns"],
            "DockerRootDir": "/var/lib/docker/100000.100000",
        },
        100_000,
    ),
    "without root": ({"SecurityOptions": ["name=rootless"], "DockerRootDir": "/home/ada/docker/1.2"}, 0),
    "without any": ({"SecurityOptions": None, "DockerRootDir": "/var/lib/docker"}, 0),
}


@pytest.mark.parametrize(("info", "root"), ENGINES.values(), ids=ENGINES.keys())
def test_the_number_of_root(info: dict[str, Any], root: int) -> None:
    assert root_of(info) == root


def test_a_health_check_is_no_process_of_the_service() -> None:
    init, shell, server = Process(0, "init", 10, 1), Process(0, "sh", 20, 10), Process(9, "serve", 30, 20)
    check = Process(0, "curl --header key", 40, 1)
    assert below(10, [check, server, shell, init]) == (server, shell, init)
    assert below(20, [check, server, shell, init]) == (server, shell)
    assert below(99, [check]) == ()

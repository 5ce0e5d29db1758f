"""Users are counted as a container counts them, whatever the engine does with its users."""

from typing import Any

import pytest

from checks.evidence.service.processes import root_of

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

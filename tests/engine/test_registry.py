"""A registry on loopback: the engine pushes to it and pulls from it, and nothing of it remains."""

import socket

import pytest
from docker.errors import APIError

from checks.engine import Engine
from checks.engine.errors import NoEngine
from checks.engine.ports import LOOPBACK
from checks.engine.registry import Registry, registry
from checks.engine.run import Run


def test_an_image_goes_there_and_comes_back(own_engine: Engine, run: Run, debian: str) -> None:
    images = own_engine.client.images
    with registry(own_engine, run) as served:
        name, pushed = served.image("course/app", "1"), images.get(debian)
        pushed.tag(name)
        own_engine.run_cli("push", "--quiet", name)
        own_engine.run_cli("image", "rm", name)
        own_engine.run_cli("pull", "--quiet", name)
        assert images.get(name).attrs["RootFS"] == pushed.attrs["RootFS"]
        own_engine.run_cli("image", "rm", name)
        with pytest.raises(APIError, match=r"not found|manifest unknown"):
            own_engine.client.api.pull(f"{served.address}/course/other", tag="1")
    host, _, port = served.address.partition(":")
    assert host == LOOPBACK
    with socket.socket() as gone:
        assert gone.connect_ex((LOOPBACK, int(port)))


def test_the_names_of_its_images() -> None:
    served = Registry("127.0.0.1:20000")
    assert served.image("app") == "127.0.0.1:20000/app:latest"
    assert served.image("course/app", "1") == "127.0.0.1:20000/course/app:1"


def test_a_host_engine_has_none(own_engine: Engine, run: Run) -> None:
    host = Engine("host", "29.0", own_engine.docker_host, own_engine.cli, own_engine.environment)
    with pytest.raises(NoEngine, match="embedded"), registry(host, run):
        pass

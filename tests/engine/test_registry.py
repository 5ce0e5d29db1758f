"""A registry on loopback: the engine pushes to it and pulls from it, and nothing of it remains."""

import socket

import pytest
from docker.errors import APIError

from checks.engine import Engine
from checks.engine.errors import EngineError
from checks.engine.ports import LOOPBACK
from checks.engine.registry import IMAGE, Registry, registry
from checks.engine.run import Run
from checks.engine.standins import ensure_base


def test_an_image_goes_there_and_comes_back(engine: Engine, run: Run, debian: str) -> None:
    images, image = engine.client.images, ensure_base(engine, IMAGE).image_id
    with registry(engine, run, image) as served:
        name, pushed = served.image("course/app", "1"), images.get(debian)
        pushed.tag(name)
        engine.run_cli("push", "--quiet", name)
        engine.run_cli("image", "rm", name)
        engine.run_cli("pull", "--quiet", name)
        assert images.get(name).attrs["RootFS"] == pushed.attrs["RootFS"]
        digest = served.digest("course/app", "1")
        assert digest is not None
        assert digest.startswith("sha256:")
        assert served.digest("course/app", "2") is None
        engine.run_cli("image", "rm", name)
        with pytest.raises(APIError, match=r"not found|manifest unknown"):
            engine.client.api.pull(f"{served.address}/course/other", tag="1")
    host, _, port = served.address.partition(":")
    assert host == LOOPBACK
    with socket.socket() as gone:
        assert gone.connect_ex((LOOPBACK, int(port)))


def test_the_names_of_its_images() -> None:
    served = Registry("127.0.0.1:20000")
    assert served.image("app") == "127.0.0.1:20000/app:latest"
    assert served.image("course/app", "1") == "127.0.0.1:20000/course/app:1"


def test_a_registry_that_does_not_start_is_no_student_s_fault(engine: Engine, run: Run, debian: str) -> None:
    with pytest.raises(EngineError), registry(engine, run, debian):
        pass

"""Pull an image, and tell a registry that gives no answer from one that says there is no such image."""

from collections.abc import Iterator
from typing import Any, Final

from checks.engine.engine import Engine
from checks.engine.errors import NoSuchBase
from checks.engine.standins.names import ImageName

# Between two signs of life; a registry that is there answers in one.
SILENCE_LIMIT_S: Final = 25
# What registries answer (OCI distribution specification, error codes), in dockerd's words.
NO_SUCH_IMAGE: Final = (
    "manifest unknown",
    "pull access denied",
    "not found",
    "does not exist",
    "invalid ref",
)


class RegistrySilent(Exception):  # noqa: N818 - a fact about the network
    """No registry gave an answer; the text is the engine's."""


def pull(engine: Engine, name: ImageName) -> None:
    """Pull `name`; NoSuchBase when the registry refuses it, RegistrySilent when none answers."""
    import docker
    from docker.errors import APIError, DockerException
    from requests.exceptions import RequestException

    client = docker.DockerClient(base_url=engine.docker_host, version="auto", timeout=SILENCE_LIMIT_S)
    try:
        repository = str(name).split("@")[0].rpartition(":")[0]
        events = client.api.pull(repository, tag=name.digest or name.tag, stream=True, decode=True)
        _read(name, events)
    except (APIError, DockerException, RequestException) as error:
        _judge(name, str(error))
    finally:
        client.close()


def _read(name: ImageName, events: Iterator[dict[str, Any]]) -> None:
    for event in events:
        if "error" in event:
            _judge(name, str(event["error"]))


def _judge(name: ImageName, message: str) -> None:
    if any(words in message for words in NO_SUCH_IMAGE) and "no such host" not in message:
        raise NoSuchBase(str(name), f"the registry has no such image ({message})")
    raise RegistrySilent(message)

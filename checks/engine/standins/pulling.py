"""Pull an image, within limits, and tell a registry that does not have it from one that does not answer."""

import re
from collections.abc import Iterator
from typing import Any, Final

from checks.engine.engine import Engine
from checks.engine.errors import BaseUnavailable, EngineError, NoSuchBase
from checks.engine.retry import Patience
from checks.engine.standins.names import HUB, ImageName

# Between two packets; a reachable registry answers within a second.
SILENCE_LIMIT_S: Final = 25
# For a whole image, for which others may wait; and its layers as they are sent.
PULL_LIMIT_S: Final = 1800.0
PULL_LIMIT_GB: Final = 8
# The error codes of the OCI distribution specification, in dockerd's words.
NO_SUCH_IMAGE: Final = (
    "manifest unknown",
    "pull access denied",
    "not found",
    "does not exist",
    "invalid ref",
    "no matching manifest",
    "no match for platform",
)
# With these, dockerd says that its own stores lost what they had, or that nobody resolves a registry's name.
# (A reference has no blanks, so no image can be called so.)
OTHERWISE_LOST: Final = re.compile(
    "content digest sha256:|parent snapshot |^lease |failed to (?:unpack|extract|prepare|commit) |no such host"
)


class RegistrySilent(Exception):  # noqa: N818 - a fact about the network
    """No registry answered; the message is the engine's."""


def pull(engine: Engine, name: ImageName) -> None:
    """Pull `name`; raise NoSuchBase if the registry refuses it, RegistrySilent if no registry answers."""
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
    sizes, patience = dict[str, int](), Patience(PULL_LIMIT_S)
    for event in events:
        if "error" in event:
            _judge(name, str(event["error"]))
        layer, total = str(event.get("id")), (event.get("progressDetail") or {}).get("total")
        sizes[layer] = max(sizes.get(layer, 0), int(total or 0))
        if sum(sizes.values()) > PULL_LIMIT_GB * 10**9:
            raise BaseUnavailable(
                str(name), f"it has more than {PULL_LIMIT_GB} GB (the limit of what is pulled)"
            )
        if patience.is_over:
            raise BaseUnavailable(
                str(name), f"the pull takes more than {PULL_LIMIT_S:g} s (its limit of time)"
            )


def said_by_hub(name: ImageName, said: str) -> str:
    """Return what the engine said, in brackets: of another registry, it would tell a student what that answered."""
    return f" ({said})" if name.registry == HUB else ""


def _judge(name: ImageName, message: str) -> None:
    if "no space left on device" in message:
        raise EngineError(("docker", "pull", str(name)), 1, message)
    if any(words in message for words in NO_SUCH_IMAGE) and not OTHERWISE_LOST.search(message):
        raise NoSuchBase(str(name), f"the registry has no such image{said_by_hub(name, message)}")
    raise RegistrySilent(message)

"""Pull base images, or replace them by stand-ins, before a student's build needs them.

If no registry answers, a stand-in replaces the image. If a registry answers that the image does not exist, we raise
`NoSuchBase`.
"""

import functools
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Literal

from checks.engine.embedded.layout import only_one
from checks.engine.engine import Engine
from checks.engine.errors import BaseUnavailable, EngineError, NoSuchBase
from checks.engine.standins.builder import StandInBuilder
from checks.engine.standins.names import HUB, ImageName, read_name
from checks.engine.standins.recipes import Recipe, digest_of_all, recipe_for
from checks.engine.standins.state import State
from checks.engine.standins.surroundings import Surroundings, read_surroundings

Progress = Callable[[str], None]
Origin = Literal["genuine", "stand-in"]


@dataclass(frozen=True, slots=True)
class Base:
    """A base image in the engine: its familiar name, its id, its origin, and the seconds spent to get it."""

    name: str
    image_id: str
    origin: Origin
    seconds: float


def ensure_base(engine: Engine, name: str, progress: Progress = lambda _: None) -> Base:
    """Ensure that `engine` has the image `name` (anything that FROM takes except `scratch`).

    The host's engine has it or pulls it. In the embedded engine, a stand-in replaces it if no registry answers.
    Raises BaseUnavailable if neither is possible.
    """
    begun = time.monotonic()
    wanted = read_name(name)
    if engine.directory is None:
        return Base(str(wanted), _genuine(engine, wanted, progress), "genuine", time.monotonic() - begun)
    with only_one(engine.directory / "bases.lock"):
        image_id, origin = _embedded(engine, wanted, State(engine.directory), progress)
    return Base(str(wanted), image_id, origin, time.monotonic() - begun)


def _genuine(engine: Engine, wanted: ImageName, progress: Progress) -> str:
    found = _image_id(engine, wanted)
    if found is not None:
        return found
    progress(f"pulling {wanted}")
    try:
        pull(engine, wanted)
    except RegistrySilent as error:
        raise BaseUnavailable(str(wanted), f"no registry answers ({error})") from error
    return _pulled(engine, wanted)


def _embedded(engine: Engine, wanted: ImageName, state: State, progress: Progress) -> tuple[str, Origin]:
    """Return the id of the genuine image only if we pulled it ourselves, else of a stand-in.

    A repository digest proves nothing: containerd's store has one for every image that was built.
    """
    found, recipe = _image_id(engine, wanted), recipe_for(str(wanted))
    if found is not None and found == state.pulled_image(str(wanted)):
        return found, "genuine"
    silence = _pull_unless_silent(engine, wanted, state, progress)
    if silence is None:
        pulled = _pulled(engine, wanted)
        state.remember_pulled(str(wanted), pulled)
        return pulled, "genuine"
    if recipe is None or wanted.registry != HUB:
        raise BaseUnavailable(str(wanted), f"no registry answers, and it has no stand-in ({silence})")
    return _stand_in(engine, wanted, recipe, state, progress), "stand-in"


def _pull_unless_silent(engine: Engine, wanted: ImageName, state: State, progress: Progress) -> str | None:
    """Pull the image; return None if that succeeds, else the reason."""
    if state.is_silent(wanted.registry):
        return "as it was found a short while ago"
    progress(f"pulling {wanted}")
    try:
        pull(engine, wanted)
    except RegistrySilent as error:
        state.remember_silence(wanted.registry)
        return str(error)
    return None


def _stand_in(engine: Engine, wanted: ImageName, recipe: Recipe, state: State, progress: Progress) -> str:
    """Return the id of a stand-in; never on a host's engine, where the user's next build would use it unawares."""
    if engine.kind != "embedded":
        raise AssertionError("a stand-in was about to be made in an engine that is not our own")
    name, digest = str(wanted), digest_of_all()
    found = _image_id(engine, wanted)
    if found is not None and found == state.recent_stand_in(name, digest):
        return found
    image_id = StandInBuilder(engine, state, _surroundings(), progress).image(recipe)
    if found != image_id:
        engine.run_cli("tag", image_id, name)
    if found not in (None, image_id):
        with suppress(EngineError):  # another image is built from it: keep it
            engine.run_cli("image", "rm", str(found))
    state.remember_stand_in(name, digest, image_id)
    return image_id


def _image_id(engine: Engine, wanted: ImageName) -> str | None:
    """Return the id of the local image of that name, or None.

    An engine also takes the first digits of an id for a name, and so `sha256:a` for somebody else's image.
    """
    from docker.errors import ImageNotFound

    try:
        found = engine.client.images.get(str(wanted))
    except ImageNotFound:
        return None
    digests = found.attrs.get("RepoDigests") or ()
    is_it = str(wanted) in found.tags or (
        wanted.digest and any(d.endswith(f"@{wanted.digest}") for d in digests)
    )
    return str(found.id) if is_it else None


def _pulled(engine: Engine, wanted: ImageName) -> str:
    found = _image_id(engine, wanted)
    if found is None:
        raise BaseUnavailable(str(wanted), "it was pulled, and is not there")
    return found


@functools.cache
def _surroundings() -> Surroundings:
    return read_surroundings()


# Between two packets; a reachable registry answers within a second.
SILENCE_LIMIT_S: Final = 25
# The error codes of the OCI distribution specification, in dockerd's words.
NO_SUCH_IMAGE: Final = (
    "manifest unknown",
    "pull access denied",
    "not found",
    "does not exist",
    "invalid ref",
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
    for event in events:
        if "error" in event:
            _judge(name, str(event["error"]))


def _judge(name: ImageName, message: str) -> None:
    if any(words in message for words in NO_SUCH_IMAGE) and not OTHERWISE_LOST.search(message):
        raise NoSuchBase(str(name), f"the registry has no such image ({message})")
    raise RegistrySilent(message)

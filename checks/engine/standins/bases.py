"""Pull base images, or replace them by stand-ins, before a student's build needs them.

If no registry answers, a stand-in replaces the image. If a registry answers that the image does not exist, we raise
`NoSuchBase`.
"""

import functools
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from checks.engine.embedded.layout import only_one
from checks.engine.engine import Engine
from checks.engine.errors import BaseUnavailable, EngineError
from checks.engine.standins.builder import StandInBuilder
from checks.engine.standins.names import HUB, ImageName, read_name
from checks.engine.standins.pulling import RegistrySilent, pull, said_by_hub
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
    state = State(engine.directory)
    if not (known := _known(engine, wanted, state)):
        with only_one(engine.directory / "bases.lock"):
            known = _known(engine, wanted, state) or _fetched(engine, wanted, state, progress)
    image_id, origin = known
    return Base(str(wanted), image_id, origin, time.monotonic() - begun)


def _genuine(engine: Engine, wanted: ImageName, progress: Progress) -> str:
    found = _image_id(engine, wanted)
    if found is not None:
        return found
    progress(f"pulling {wanted}")
    try:
        pull(engine, wanted)
    except RegistrySilent as error:
        raise BaseUnavailable(str(wanted), f"no registry answers{said_by_hub(wanted, str(error))}") from error
    return _pulled(engine, wanted)


def _known(engine: Engine, wanted: ImageName, state: State) -> tuple[str, Origin] | None:
    """Return the id of an image for which nobody is asked: one that we pulled, or a stand-in in a silence.

    A repository digest proves nothing: containerd's store has one for every image that was built.
    """
    name, found = str(wanted), _image_id(engine, wanted)
    if found is None:
        return None
    if found == state.pulled_image(name):
        return found, "genuine"
    is_stand_in = state.is_silent(wanted.registry) and found == state.recent_stand_in(name, digest_of_all())
    return (found, "stand-in") if is_stand_in else None


def _fetched(engine: Engine, wanted: ImageName, state: State, progress: Progress) -> tuple[str, Origin]:
    """Return the id of the genuine image, or of a stand-in if no registry answers."""
    recipe = recipe_for(str(wanted))
    silence = _pull_unless_silent(engine, wanted, state, progress)
    if silence is None:
        pulled = _pulled(engine, wanted)
        state.remember_pulled(str(wanted), pulled)
        return pulled, "genuine"
    if recipe is None or wanted.registry != HUB:
        raise BaseUnavailable(
            str(wanted), f"no registry answers, and it has no stand-in{said_by_hub(wanted, silence)}"
        )
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

"""Have a base image in the engine before a student's build asks for it, and know whether it is genuine."""

import functools
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from checks.engine.embedded.layout import only_one
from checks.engine.engine import Engine
from checks.engine.errors import BaseUnavailable, EngineError
from checks.engine.standins.making import Kitchen
from checks.engine.standins.names import HUB, ImageName, read_name
from checks.engine.standins.pull import RegistrySilent, pull
from checks.engine.standins.recipes import Recipe, digest_of_all, recipe_for
from checks.engine.standins.state import State
from checks.engine.standins.surroundings import Surroundings, read_surroundings

Progress = Callable[[str], None]
Origin = Literal["genuine", "stand-in"]


@dataclass(frozen=True, slots=True)
class Base:
    """An image in the engine: its familiar name, its id, and the seconds it took to have it there."""

    name: str
    image_id: str
    origin: Origin
    seconds: float


def ensure_base(engine: Engine, name: str, progress: Progress = lambda _: None) -> Base:
    """Have the image `name` (anything that FROM takes but `scratch`) in `engine`.

    On the host's engine it is there, or it is pulled. In the embedded engine a stand-in takes its place
    where no registry answers. Raises BaseUnavailable when neither is possible.
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
    """Genuine if we pulled it, else a stand-in; an image that is neither is nobody's base.

    A digest of a registry proves nothing: containerd's store has one for every image that was built.
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
    """None once it is pulled, else why it is not."""
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
    """Only in the embedded engine: on a host's, the user's next build would use it unawares."""
    if engine.kind != "embedded":
        raise AssertionError("a stand-in was about to be made in an engine that is not our own")
    name, digest = str(wanted), digest_of_all()
    found = _image_id(engine, wanted)
    if found is not None and found == state.recent_stand_in(name, digest):
        return found
    image_id = Kitchen(engine, state, _surroundings(), progress).image(recipe)
    if found != image_id:
        engine.run_cli("tag", image_id, name)
    if found not in (None, image_id):
        with suppress(EngineError):  # it stays where something was built from it
            engine.run_cli("image", "rm", str(found))
    state.remember_stand_in(name, digest, image_id)
    return image_id


def _image_id(engine: Engine, wanted: ImageName) -> str | None:
    """What the engine calls the local image of that name."""
    from docker.errors import ImageNotFound

    try:
        return str(engine.client.images.get(str(wanted)).id)
    except ImageNotFound:
        return None


def _pulled(engine: Engine, wanted: ImageName) -> str:
    found = _image_id(engine, wanted)
    if found is None:
        raise BaseUnavailable(str(wanted), "it was pulled, and is not there")
    return found


@functools.cache
def _surroundings() -> Surroundings:
    return read_surroundings()

"""The engine of one grading: found when the first container check asks for it, cleaned up after the last."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from checks.grading.cached import cached
from checks.outcomes import CheckFailed, EngineUsed, NotRun

if TYPE_CHECKING:
    from checks.engine.engine import Engine
    from checks.engine.run import Run
    from checks.engine.standins import Base

Choice = Literal["auto", "host", "embedded", "none"]
NOT_ASKED = "only the static checks were asked for; leave out --static to build and boot"
Bases = Literal["genuine", "stand-in", "none"]
Say = Callable[[str], None]
Step = Callable[[str], AbstractContextManager[Say]]
"""Tells the person who waits what is being done; inside it, how far it has come."""


class Engines(ExitStack):
    """The engine, run and base images for container checks; on exit it removes everything the run made."""

    def __init__(self, choice: Choice, step: Step, topic: str = "") -> None:
        super().__init__()
        self._topic = topic
        self._choice: Choice = choice
        self._step = step
        self._found: tuple[Engine, Run] | None = None
        self._bases: dict[str, Base] = {}
        self._store = ""

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    @property
    def asked(self) -> bool:
        """Whether an engine is asked for."""
        return self._choice != "none"

    @cached
    def ready(self) -> "tuple[Engine, Run]":
        """Return the engine, after sweeping it of dead runs, and the run whose labels mark all that it makes.

        Raise `NotRun` if there is no engine, with a sentence that says what to start.
        """
        if self._choice == "none":
            raise NotRun(NOT_ASKED, "")
        from checks.engine.connect import find
        from checks.engine.engine import store_of
        from checks.engine.errors import NoEngine
        from checks.engine.reaper import remove, sweep
        from checks.engine.run import Run, running

        try:
            with self._step("looks for an engine") as say:
                engine = find(self._choice, say)
        except NoEngine as none:
            raise NotRun(str(none)) from none
        sweep(engine)
        run = self.enter_context(running(Run(topic=self._topic)))
        self.callback(sweep, engine)  # a killed run's last build may have ended during this run
        self.callback(_taken_away, remove, engine, run)
        self._found, self._store = (engine, run), store_of(engine)
        return engine, run

    def major(self) -> int | None:
        """Return the engine's major version; None if there is no engine."""
        with suppress(NotRun):
            engine, _ = self.ready()
            return engine.major
        return None

    @cached
    def base(self, name: str) -> "Base":
        """Return a base image, pulled or a stand-in; raise `NotRun` if this machine can provide neither."""
        from checks.engine.errors import BaseUnavailable, NoSuchBase
        from checks.engine.standins import ensure_base

        engine, _ = self.ready()
        try:
            with self._step(f"looks for the base image {name}") as say:
                self._bases[name] = ensure_base(engine, name, say)
        except NoSuchBase as missing:
            raise CheckFailed("base images that exist", str(missing), "Check the name and the tag.") from None
        except BaseUnavailable as unavailable:
            raise NotRun(str(unavailable)) from unavailable
        return self._bases[name]

    def own_image(self, name: str) -> str:
        """Return the id of an image that the grader itself needs; raise `NotRun` where it cannot be had."""
        from checks.engine.errors import BaseUnavailable
        from checks.engine.standins import ensure_base

        engine, _ = self.ready()
        try:
            with self._step(f"fetches {name}") as say:
                return ensure_base(engine, name, say).image_id
        except BaseUnavailable as missing:
            raise NotRun(str(missing)) from missing

    @cached
    def require_visible(self, folder: Path, image: str) -> None:
        """Raise `NotRun` if the host's engine cannot mount `folder`; the embedded engine always can."""
        from checks.engine.engine import HOW_TO_SHARE, sees

        engine, run = self.ready()
        if engine.kind == "host" and not sees(engine, run.labels, image, folder):
            raise NotRun(
                f"the engine cannot see {folder}, which containers are given files from: {HOW_TO_SHARE}."
            )

    def used(self) -> EngineUsed:
        """Return the engine's kind and version and the origin of the base images, for the report."""
        if self._found is None:
            return EngineUsed()
        engine, _ = self._found
        origins = {base.origin for base in self._bases.values()}
        bases: Bases = "stand-in" if "stand-in" in origins else "genuine" if origins else "none"
        return EngineUsed(engine.kind, engine.version, bases, self._store)


def _taken_away(remove: "Callable[[Engine, Run], None]", engine: "Engine", run: "Run") -> None:
    """Remove what a run made; ignore errors, so that a lost engine does not cost the report."""
    with suppress(Exception):
        remove(engine, run)

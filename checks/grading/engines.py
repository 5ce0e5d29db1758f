"""The engine of one grading: found when the first container check asks, and cleaned when all are done."""

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
Say = Callable[[str], None]
Step = Callable[[str], AbstractContextManager[Say]]
"""Tells the person who waits what is being done; inside it, how far it has come."""


class Engines(ExitStack):
    """Where container checks get their engine, their run and their base images; left, it has cleaned up."""

    def __init__(self, choice: Choice, step: Step, topic: str = "") -> None:
        super().__init__()
        self._topic = topic
        self._choice: Choice = choice
        self._step = step
        self._found: tuple[Engine, Run] | None = None
        self._bases: dict[str, Base] = {}

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    @cached
    def ready(self) -> "tuple[Engine, Run]":
        """The engine, swept of what dead runs left, and the run that all that is made is marked with.

        Raises `NotRun`, with the sentence that says what to start.
        """
        if self._choice == "none":
            raise NotRun("only the static checks were asked for; leave out --static to build and boot", "")
        from checks.engine.connect import find
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
        self.callback(sweep, engine)  # what a killed run's last build brought while this one was at work
        self.callback(_taken_away, remove, engine, run)
        self._found = engine, run
        return engine, run

    def major(self) -> int | None:
        """The engine's major version; None when there is no engine to be had."""
        with suppress(NotRun):
            engine, _ = self.ready()
            return engine.major
        return None

    @cached
    def base(self, name: str) -> "Base":
        """A base image, pulled or stood in for; raises `NotRun` where this machine can do neither."""
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

    @cached
    def require_visible(self, folder: Path, image: str) -> None:
        """Raise `NotRun` where the engine cannot mount what is below `folder`; our own is on this machine."""
        from checks.engine.engine import HOW_TO_SHARE, sees

        engine, run = self.ready()
        if engine.kind == "host" and not sees(engine, run.labels, image, folder):
            raise NotRun(
                f"the engine cannot see {folder}, which containers are given files from: {HOW_TO_SHARE}."
            )

    def used(self) -> EngineUsed:
        """What the report says of all this."""
        if self._found is None:
            return EngineUsed()
        engine, _ = self._found
        origins = {base.origin for base in self._bases.values()}
        if "stand-in" in origins:
            return EngineUsed(engine.kind, engine.version, "stand-in")
        return EngineUsed(engine.kind, engine.version, "genuine" if origins else "none")


def _taken_away(remove: "Callable[[Engine, Run], None]", engine: "Engine", run: "Run") -> None:
    """Take away what a run made; an engine that has gone meanwhile costs nobody the report of what was judged."""
    with suppress(Exception):
        remove(engine, run)

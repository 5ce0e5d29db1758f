"""What grades a class, several submissions at once: processes of this machine, or the workers of a cluster."""

from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

from checks.grading.cached import cached
from checks.grading.engines import Choice, Step
from checks.grading.entries import Entry
from checks.lab import Lab
from checks.outcomes import EngineUsed, Report


class Pool(Protocol):
    """Grades submissions at the same time, as many as it can."""

    @property
    def choice(self) -> Choice:
        """Which engine is asked for."""

    def reports(self, entries: Sequence[Entry]) -> Generator[Report, None, None]:
        """Yield a report for each entry, in order of completion; closing the generator stops what runs."""
        ...

    def engines(self) -> Collection[EngineUsed]:
        """Return the engines on which it would grade now."""
        ...


class PoolError(Exception):
    """The pool cannot grade, or no longer; the message says why, and what to do."""


@dataclass(frozen=True)
class LocalPool:
    """Processes of this machine, `jobs` of them at a time."""

    labs: Sequence[Lab]
    choice: Choice
    jobs: int
    step: Step

    def reports(self, entries: Sequence[Entry]) -> Generator[Report, None, None]:
        """Yield a report for each entry, in order of completion."""
        from checks.grading.classroom import Class  # starts processes, and one submission needs none

        yield from Class(entries, self.labs, self.choice, self.jobs).reports()

    @cached
    def engines(self) -> Collection[EngineUsed]:
        """Return this machine's engine; it is looked for once."""
        return [engine_now(self.choice, self.step)]


def engine_now(choice: Choice, step: Step) -> EngineUsed:
    """Return the engine that would be used now, started if need be; none if there is none."""
    if choice == "none":
        return EngineUsed()
    from checks.engine.connect import find
    from checks.engine.engine import store_of
    from checks.engine.errors import EngineError, NoEngine

    try:
        with step("looks for an engine") as say:
            engine = find(choice, say)
        return EngineUsed(engine.kind, engine.version, store=store_of(engine))
    except (NoEngine, EngineError):
        return EngineUsed()

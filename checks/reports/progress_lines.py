"""Progress for a log: a line when a step begins and ends, and a sign of life in between."""

from contextlib import suppress
from threading import Event, Thread
from typing import TextIO

from checks.reports.page import encodable
from checks.reports.step import Step

SIGN_OF_LIFE_SECONDS = 30.0
"""CI systems end a job that says nothing for minutes, and people a program that does."""


class PlainLines:
    """A display of whole lines; a thread writes signs of life while there are steps."""

    def __init__(self, stream: TextIO, every: float = SIGN_OF_LIFE_SECONDS) -> None:
        self._stream = stream
        self._every = every
        self._idle = Event()
        self._steps: tuple[Step, ...] = ()
        self._said: dict[Step, str] = {}

    def begin(self, steps: tuple[Step, ...]) -> None:
        """Write the newest step's line; start the thread at the first step."""
        self._steps = steps
        self.note(f"{steps[-1].text} ...")
        if len(steps) == 1:
            self._idle = Event()
            Thread(target=self._live, args=(self._idle,), daemon=True, name="progress").start()

    def end(self, step: Step, steps: tuple[Step, ...], outcome: str) -> None:
        """Write the step's duration; stop the thread after the last step."""
        self._steps = steps
        self._said.pop(step, None)
        if not steps:
            self._idle.set()
        self.note(f"{step.text} ... {outcome}")

    def say(self, step: Step, text: str) -> None:
        """Keep the text for the next sign of life, since a build reports progress every few milliseconds."""
        self._said[step] = text

    def note(self, text: str) -> None:
        """Write a line; ignore errors, since a closed stream must not stop the grading."""
        with suppress(OSError, ValueError):
            self._stream.write(encodable(f"{text}\n", self._stream.encoding or "utf-8"))
            self._stream.flush()

    def _live(self, idle: Event) -> None:
        while not idle.wait(self._every):
            for step in self._steps[-1:]:
                said = self._said.get(step)
                self.note(f"{step.text} ... {step.seconds} s so far" + (f", {said}" if said else ""))

"""The watch: read after each save, show what to do next, and build when all that can be read is right.

It waits for three things at once: a key, a save, and the end of the grading that is at work.
"""

import os
import time
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing.connection import wait
from pathlib import Path
from typing import TextIO

from checks.evidence.submission.submission import lines_of
from checks.grading.engines import Choice
from checks.hints import hint_for
from checks.lab import Lab
from checks.loop.attempts import Attempts, attempts
from checks.loop.changes import saves
from checks.loop.keys import keys, pressed
from checks.loop.memory import Memory
from checks.loop.screen import Screen
from checks.loop.view import View, print_view
from checks.outcomes import Outcome, Report
from checks.reports.root_cause import first_cause
from checks.reports.verdict import with_outcome

TICK_SECONDS = 1.0  # while a container check is at work, its time is shown
CONTAINERS, HINT, QUIT = "c", "h", "q"
KEYS = f"{CONTAINERS}: build and boot   {HINT}: a hint   {QUIT}: quit"
END_OF_INPUT = ""


class Watch:
    """The loop of one lab of one submission; `choice` is the engine for its container checks."""

    def __init__(
        self, submission: Path, lab: Lab, choice: Choice, attempts: Attempts, screen: Screen
    ) -> None:
        self._submission, self._lab, self._choice = submission, lab, choice
        self._attempts, self._screen = attempts, screen
        self._view: View | None = None
        self._before: Report | None = None
        self._hints: tuple[str, ...] = ()
        self._saved = time.monotonic()

    def saved(self) -> None:
        """Read the files again; what was being built is out of date."""
        self._before = self._view.report if self._view else None
        self._saved, self._hints = time.monotonic(), ()
        self._attempts.begin("none")
        self._draw()

    def build(self) -> None:
        """Start the container checks, unless they are at work."""
        if not self._builds:
            self._attempts.begin(self._choice)
            self._draw()

    def judged(self, report: Report, choice: Choice) -> None:
        """Show a report; go on to the containers if nothing that can be read is wrong."""
        now = time.monotonic()
        if choice == "none":
            self._view = View(report, self._before, f"read in {now - self._saved:.2f} s")
            if first_cause(report) is None and not with_outcome(report, Outcome.ERROR):
                self._attempts.begin(self._choice)
        else:
            status = f"built and booted in {now - self._attempts.began:.0f} s"
            self._view = View(report, self._before, status, full=True)
        self._draw()

    def hint(self) -> None:
        """Show one hint more for the first thing that is wrong."""
        cause = first_cause(self._view.report) if self._view else None
        if cause is None:
            return
        hint = hint_for(self._lab, cause.reason.first)
        memory = Memory.of(self._submission, self._lab).one_more(hint)
        memory.write()
        self._hints = hint.texts[: memory.level(hint)]
        self._draw()

    def tick(self) -> None:
        """Show how long the container checks have been at work."""
        if self._builds:
            self._draw()

    @property
    def _builds(self) -> bool:
        return self._attempts.choice not in {None, "none"}

    def _draw(self) -> None:
        if self._view is None:
            self._screen.draw(lambda page: page.print(page.line(f"{self._lab.title}  reads ...")), KEYS)
            return
        status = self._view.status if self._attempts.choice is None else "reads ..."
        if self._builds:
            status = f"builds and boots, {time.monotonic() - self._attempts.began:.0f} s"
        view = replace(self._view, status=status, hints=self._hints)
        self._screen.draw(lambda page: print_view(page, view, lines_of(self._submission)), KEYS)


def watch(submission: Path, lab: Lab, choice: Choice, stream: TextIO) -> None:
    """Watch until `q` is pressed; an interruption ends it, too, and nothing is left of what it made."""
    with ExitStack() as stack:
        changed = stack.enter_context(saves(submission, lab))
        at_work = stack.enter_context(attempts(submission, lab))
        terminal = stack.enter_context(keys())
        loop = Watch(submission, lab, choice, at_work, Screen(stream))
        loop.saved()
        while _turn(loop, at_work, changed, terminal):
            pass


def _turn(loop: Watch, at_work: Attempts, changed: int, terminal: int | None) -> bool:
    """Wait for something to happen, and do what follows from it; return whether to go on."""
    waiting = [changed, *at_work.signs, *([] if terminal is None else [terminal])]
    ready = wait(waiting, TICK_SECONDS)
    if not ready:
        loop.tick()
    if terminal in ready and terminal is not None and not _obey(loop, pressed(terminal)):
        return False
    if changed in ready:
        os.read(changed, 4096)
        loop.saved()
    elif (choice := at_work.choice) and (report := at_work.report()) is not None:
        loop.judged(report, choice)
    return True


def _obey(loop: Watch, key: str) -> bool:
    """Do what a key asks for; return whether to go on."""
    if key == CONTAINERS:
        loop.build()
    elif key == HINT:
        loop.hint()
    return key not in {QUIT, END_OF_INPUT}

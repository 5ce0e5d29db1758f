"""One hint more for the first thing to mend: found without an engine if possible, by a full grading otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.grading.engines import Choice, Step
from checks.grading.grade import grade
from checks.hints import Hint, hint_for, place_of
from checks.lab import Lab
from checks.loop.memory import FOLDER, Memory, state_of
from checks.outcomes import Outcome, Report
from checks.reports.page import Page
from checks.reports.progress import Progress
from checks.reports.reasons import print_errors, print_not_run
from checks.reports.root_cause import first_cause
from checks.reports.values import print_value
from checks.reports.verdict import next_step, with_outcome
from checks.reports.words import print_words


@dataclass(frozen=True, slots=True)
class Help:
    """What to tell a student who is stuck: the report, and the hints shown by now; no hint if nothing failed."""

    report: Report
    hint: Hint | None
    shown: Sequence[str] = ()


def help_with(path: Path, lab: Lab, choice: Choice, step: Step, folder: Path = FOLDER) -> Help:
    """Return the hints for the first root cause, one more than the last time; raise `SubmissionError`."""
    memory, state = Memory.of(path, lab, folder), state_of(path, lab)
    report = grade(path, [lab], "none", Progress.silent().step)
    if first_cause(report) is None:
        known = memory.report_about(state)
        report = known or grade(path, [lab], choice, step)
        memory = memory.with_report(state, report)
    cause = first_cause(report)
    hint = hint_for(lab, cause.reason.first) if cause else None
    if hint:
        memory = memory.one_more(hint)
    memory.write()
    return Help(report, hint, hint.texts[: memory.level(hint)] if hint else ())


def print_help(page: Page, lab: Lab, help: Help) -> None:
    """Print what is wrong and the hints for it; else what could not be judged, or that nothing is wrong."""
    page.print("")
    if help.hint is None:
        print_not_run(page, with_outcome(help.report, Outcome.NOT_RUN))
        print_errors(page, with_outcome(help.report, Outcome.ERROR))
        page.print(page.line(next_step(help.report), "green"))
        return
    failed = help.hint.check
    page.print(page.line(failed.title, "bold"))
    page.print("  ", page.line(place_of(failed), "cyan"))
    for number, text in enumerate(help.shown, start=1):
        page.print("")
        print_value(page, f"hint {number}", text)
    print_words(page, [failed.title, *help.shown])
    page.print("")
    page.print(page.line(_what_next(lab, help, help.hint), "dim"))


def _what_next(lab: Lab, help: Help, hint: Hint) -> str:
    if left := len(hint.texts) - len(help.shown):
        return f"{left} more: make hint{lab.target}"
    return f"That was the last one. `make test{lab.target}` says what it found, line by line."

"""`demo-student`: play one student from the starter to full marks; print each change and what the course said."""

import argparse
import sys
from typing import TYPE_CHECKING

from checks.commands.author_only import is_refused
from checks.commands.status import FULL_MARKS, NOT_GRADED, POINTS_MISSING, WRONG_USAGE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from checks.grading.engines import Choice
    from checks.lab import Lab
    from checks.loop.playing import Scene
    from checks.reports.page import Page


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `demo-student`."""
    demo = commands.add_parser("demo-student", help="play one student from the starter to full marks")
    demo.add_argument("--engine", choices=["auto", "host", "embedded", "none"], default="auto")
    demo.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Play the first lab that has a script; the status is that of the last report."""
    if is_refused("demo-student"):
        return WRONG_USAGE
    from checks.lab import LabError
    from checks.loop.script import Unplayable
    from checks.reports.page import Page, open_console

    try:
        *_, last = scenes(Page(open_console(sys.stdout)), arguments.engine)
    except (LabError, Unplayable) as wrong:
        print(f"checks demo-student: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    if not last.help.report.complete:
        return NOT_GRADED
    return POINTS_MISSING if last.met else FULL_MARKS


def scenes(page: "Page", choice: "Choice") -> "Iterator[Scene]":
    """Play, and print each scene; raise `LabError` and `Unplayable`."""
    from checks.grading.scratch import room
    from checks.loop.playing import play
    from checks.loop.script import read_script
    from checks.reports.progress import Progress

    lab, path = _scripted()
    script = read_script(path)
    with room() as place:
        played = play(script, lab, place, choice, Progress.on(sys.stderr).step)
        for number, scene in enumerate(played, start=1):
            print_scene(page, scene, f"{number} of {len(script.turns)}", place)
            yield scene


def _scripted() -> "tuple[Lab, Path]":
    """Return the first lab with a script, and that; students have none, since it tells the solution."""
    from checks.lab import ROOT, LabError, all_labs
    from checks.loop.script import SCRIPT

    for lab in all_labs():
        if (path := ROOT / "tests" / "labs" / lab.id / SCRIPT).is_file():
            return lab, path
    raise LabError("the demo needs the instructors' copy of the course, which has a student's script")


def print_scene(page: "Page", scene: "Scene", number: str, place: "Path") -> None:
    """Print what the student changed, the first lines of the report, the hint, and the score."""
    from checks.evidence.submission.submission import lines_of
    from checks.loop.playing import NAME
    from checks.reports.root_cause import first_cause
    from checks.reports.terminal import print_failure, print_waiting
    from checks.reports.values import print_value
    from checks.reports.verdict import next_step, scores

    page.print("\n", page.line(f"{page.glyphs.dash * 3} {number}", "dim"))
    page.print(page.line(scene.turn.tells, "bold"))
    for name, lines in scene.edits.items():
        if lines:
            print_value(page, name, "\n".join(lines), hang=_HANG)
    report = scene.help.report
    if cause := first_cause(report):
        print_failure(page, cause.reason, lines_of(place / NAME))
        print_waiting(page, cause.waiting)
    else:
        page.print("\n", page.line(next_step(report), "green"))
    for text in scene.help.shown[-1:]:
        print_value(page, f"hint {len(scene.help.shown)}", text)
    for score in scores(report).values():
        print_value(page, "score", score)
    if not scene.is_as_told:
        told = f"{scene.turn.meets or 'full marks'}, {scene.turn.score} points"
        print_value(page, "script", f"tells of {told}")


_HANG = 16  # cells: names of files are longer than the labels of a report

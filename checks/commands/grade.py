"""`grade`: grade one submission for a person, or a class for a gradebook."""

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from checks.commands.exports import Exports, declare_exports
from checks.commands.status import WRONG_USAGE, status_of

if TYPE_CHECKING:
    from checks.grading.engines import Choice
    from checks.lab import Lab
    from checks.outcomes import Report


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `grade`."""
    grade = commands.add_parser("grade", help="grade submissions")
    grade.add_argument(
        "submission", nargs="+", type=Path, metavar="SUBMISSION", help="a folder, a zip or a tar"
    )
    grade.add_argument("--lab", action="append", metavar="LAB", help="only this lab (may be repeated)")
    grade.add_argument("--static", action="store_true", help="only what needs no engine")
    grade.add_argument("--engine", choices=["auto", "host", "embedded"], default="auto", help="which engine")
    grade.add_argument("--out", type=Path, metavar="DIR", help="write DIR/NAME.json, NAME.xml, gradebook.csv")
    grade.add_argument("--jobs", type=_jobs, default=1, metavar="N", help="submissions graded at once")
    declare_exports(grade)
    grade.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Grade the submissions; write every report that can be made, even if others fail."""
    from checks.evidence.submission.limits import SubmissionError
    from checks.lab import LabError, all_labs, load_lab
    from checks.reports.formats.format import ExportError

    try:
        labs = [load_lab(name) for name in arguments.lab or ()] or all_labs()
        for lab in labs:
            lab.validate()
        paths, choice = _existing(arguments.submission), _choice(arguments)
        exports = Exports.of(arguments, labs, _named(paths))
        one_or_many = _one if len(paths) == 1 else _class
        reports = one_or_many(paths, labs, choice, arguments, exports)
    except (LabError, SubmissionError, ExportError) as wrong:
        print(f"checks grade: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    return status_of(reports, static=arguments.static)


def _one(
    paths: Sequence[Path],
    labs: Sequence["Lab"],
    choice: "Choice",
    arguments: argparse.Namespace,
    exports: Exports,
) -> list["Report"]:
    """Grade one submission and print its report."""
    from checks.evidence.submission.submission import lines_of
    from checks.grading.grade import grade
    from checks.reports.page import open_console
    from checks.reports.progress import Progress
    from checks.reports.terminal import print_report

    (path,), out = paths, arguments.out
    report = grade(path, labs, choice, Progress.on(sys.stderr).step)
    if out is not None:
        from checks.reports.folder import write_report, write_summary

        write_report(report, out)
        write_summary([report], out)
    if not exports.printed:
        print_report(report, lines_of(path), open_console(sys.stdout))
    exports.write([report])
    return [report]


def _class(
    paths: Sequence[Path],
    labs: Sequence["Lab"],
    choice: "Choice",
    arguments: argparse.Namespace,
    exports: Exports,
) -> list["Report"]:
    """Grade a class for a gradebook; write each report when it is done, so that an interruption loses none."""
    from checks.grading.classroom import Class
    from checks.reports.class_table import print_class
    from checks.reports.folder import write_report, write_summary
    from checks.reports.page import open_console
    from checks.reports.progress import Progress

    done, out = list["Report"](), arguments.out
    try:
        with Progress.on(sys.stderr).step(f"grades {len(paths)} submissions") as say:
            begun = time.monotonic()
            with closing(Class(paths, labs, choice, arguments.jobs).reports()) as reports:
                for report in reports:
                    done.append(report)
                    left = (len(paths) - len(done)) * (time.monotonic() - begun) / len(done)
                    count = f"{len(done)} of {len(paths)} done, about {left:.0f} s left"
                    say(f"{count}, the last one {report.submission}")
                    if out is not None:
                        write_report(report, out)
    finally:
        if out is not None:
            write_summary(done, out)
        if not exports.printed:
            print_class(done, open_console(sys.stdout))
        exports.write(done)
    return done


def _named(paths: Sequence[Path]) -> dict[str, Path]:
    """Return the submissions by their names in the reports."""
    from checks.evidence.submission.submission import safe_name
    from checks.grading.classroom import distinct

    return dict(zip(distinct([safe_name(path) for path in paths]), paths, strict=True))


def _choice(arguments: argparse.Namespace) -> "Choice":
    choice: Choice = "none" if arguments.static else arguments.engine
    return choice


def _existing(paths: Sequence[Path]) -> Sequence[Path]:
    """Return the paths; raise `SubmissionError` for the first that does not exist."""
    from checks.evidence.submission.limits import SubmissionError

    for path in paths:
        if not path.exists():
            raise SubmissionError(str(path), "there is no such folder or file", "Check the path")
    return paths


def _jobs(text: str) -> int:
    from checks.grading.classroom import MAX_JOBS

    if not text.isdecimal() or not 1 <= int(text) <= MAX_JOBS:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MAX_JOBS}")
    return int(text)

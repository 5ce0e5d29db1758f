"""`grade`: grade one submission for a person, or a class for a gradebook."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from checks.commands.class_arguments import batch_of, choice_of, declare_class, entries_asked
from checks.commands.exports import Exports, declare_exports
from checks.commands.status import NOT_GRADED, WRONG_USAGE, status_of
from checks.interruption import uninterrupted

if TYPE_CHECKING:
    from checks.grading.entries import Entry
    from checks.lab import Lab
    from checks.outcomes import Report


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `grade`."""
    grade = commands.add_parser("grade", help="grade submissions")
    grade.add_argument(
        "submission", nargs="*", type=Path, metavar="SUBMISSION", help="a folder, a zip or a tar"
    )
    grade.add_argument("--lab", action="append", metavar="LAB", help="only this lab (may be repeated)")
    grade.add_argument("--static", action="store_true", help="only what needs no engine")
    grade.add_argument("--engine", choices=["auto", "host", "embedded"], default="auto", help="which engine")
    grade.add_argument("--out", type=Path, metavar="DIR", help="write DIR/NAME.json, NAME.xml, gradebook.csv")
    grade.add_argument("--jobs", type=_jobs, default=1, metavar="N", help="submissions graded at once")
    grade.add_argument(
        "--check",
        action="append",
        default=[],
        metavar="ID",
        help="only this check, and what it needs (may be repeated)",
    )
    declare_class(grade)
    declare_exports(grade)
    grade.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Grade the submissions; write every report that can be made, even if others fail."""
    from checks.evidence.submission.limits import SubmissionError
    from checks.grading.class_files import ClassFileError
    from checks.grading.pool import PoolError
    from checks.lab import LabError, all_labs, load_lab
    from checks.reports.formats.format import ExportError

    try:
        labs = [load_lab(name) for name in arguments.lab or ()] or all_labs()
        for lab in labs:
            lab.validate()
        entries = entries_asked(arguments)
        alone = len(entries) == 1 and not (arguments.roster or arguments.pseudonyms or arguments.scheduler)
        if arguments.check:
            _refuse_check(arguments.check, labs, alone=alone)
        exports = Exports.of(arguments, labs, {entry.name: entry.path for entry in entries})
        reports = (_one if alone else _class)(entries, labs, arguments, exports)
    except (LabError, SubmissionError, ClassFileError, ExportError) as wrong:
        print(f"checks grade: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    except PoolError as lost:
        print(f"checks grade: {lost}", file=sys.stderr)
        return NOT_GRADED
    return status_of(reports, static=arguments.static, chosen=arguments.check)


def _refuse_check(chosen: Sequence[str], labs: Sequence["Lab"], *, alone: bool) -> None:
    """Raise `SubmissionError` if `--check` cannot be meant: it is for a look, and a class wants grades."""
    from checks.evidence.submission.limits import SubmissionError
    from checks.grading.catalog import planned
    from checks.parsing.text.problems import suggestion

    if len(labs) > 1 or not alone:
        wrong = "it is for a look at one lab of one submission"
        how = "Name one --lab and one SUBMISSION, without --roster, --pseudonyms and --scheduler"
        raise SubmissionError("--check", wrong, how)
    known = [check.id for check in planned(labs[0]).checks]
    for name in chosen:
        if name not in known:
            all_of_it = f"It has {', '.join(known)}{suggestion(name, known)}"
            raise SubmissionError(f"--check {name}", f"{labs[0].id} has no such check", all_of_it)


def _one(
    entries: Sequence["Entry"], labs: Sequence["Lab"], arguments: argparse.Namespace, exports: Exports
) -> list["Report"]:
    """Grade one submission and print its report."""
    from checks.evidence.submission.submission import lines_of
    from checks.grading.grade import grade
    from checks.reports.page import open_console
    from checks.reports.progress import Progress
    from checks.reports.terminal import print_report

    (entry,), out, progress = entries, arguments.out, Progress.on(sys.stderr)
    batch = batch_of(entries, labs, arguments, progress)
    report = batch.finished(
        grade(entry.path, labs, choice_of(arguments), progress.step, chosen=arguments.check), entry
    )
    together = [report]
    if batch.results is not None:
        from checks.reports.folder import write_report, write_summary

        with uninterrupted():  # who has a row in the gradebook has both files, and the other way round
            write_report(report, out)
            batch.results.wait_for(batch.results.waiting() - {report.submission})
            together = batch.results.together([report])
            write_summary(together, out)
    if not exports.printed:
        print_report(report, lines_of(entry.path), open_console(sys.stdout), labs[0].edition)
    exports.write([report], together)
    return [report]


def _class(
    entries: Sequence["Entry"], labs: Sequence["Lab"], arguments: argparse.Namespace, exports: Exports
) -> list["Report"]:
    """Grade a class for a gradebook; write each report when it is done, so that an interruption loses none."""
    from checks.grading.pool import PoolError
    from checks.reports.class_table import print_class
    from checks.reports.folder import write_report, write_summary
    from checks.reports.pace import Pace
    from checks.reports.page import open_console
    from checks.reports.progress import Progress

    out, progress, count = arguments.out, Progress.on(sys.stderr), len(entries)
    batch, done = batch_of(entries, labs, arguments, progress), list["Report"]()
    try:
        with progress.step(f"grades {count} submissions") as say:
            kept = list(batch.kept())
            pace = Pace(count, len(kept))
            with closing(batch.graded(kept)) as graded:
                for report in chain(kept, graded):
                    with uninterrupted():  # as above
                        done.append(report)
                        if out is not None:
                            write_report(report, out)
                    say(f"{pace.after(len(done))}, the last one {report.submission}")
    except (KeyboardInterrupt, PoolError):
        same = "the same command, without --regrade," if arguments.regrade else "the same command"
        where = f"in {out}; {same} goes on from there" if out else "shown; --out keeps them"
        print(f"checks grade: {len(done)} of {count} results are {where}", file=sys.stderr)
        raise
    finally:
        together = batch.results.together(done) if batch.results else done
        if out is not None:
            write_summary(together, out)
        if not exports.printed:
            print_class(done, open_console(sys.stdout))
        _export(exports, done, together)
    return done


def _export(exports: Exports, reports: Sequence["Report"], together: Sequence["Report"]) -> None:
    """Write the exports; one that cannot be made is only told where something else, a Ctrl-C, is on its way."""
    from checks.reports.formats.format import ExportError

    stopped = sys.exc_info()[1] is not None
    try:
        exports.write(reports, together)
    except ExportError as wrong:
        if not stopped:
            raise
        print(f"checks grade: {wrong}", file=sys.stderr)


def _jobs(text: str) -> int:
    from checks.grading.classroom import MAX_JOBS

    if not text.isdecimal() or not 1 <= int(text) <= MAX_JOBS:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MAX_JOBS}")
    return int(text)

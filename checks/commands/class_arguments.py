"""The arguments of `grade` that say which submissions make up a class, and what becomes of earlier results."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from checks.sanitize import sanitize_line

if TYPE_CHECKING:
    from checks.grading.batch import Batch
    from checks.grading.engines import Choice
    from checks.grading.entries import Entry
    from checks.grading.pool import Pool
    from checks.grading.results import Results
    from checks.lab import Lab
    from checks.reports.progress import Progress


def declare_class(grade: argparse.ArgumentParser) -> None:
    """Declare the arguments that only a class needs."""
    again = grade.add_mutually_exclusive_group()
    again.add_argument(
        "--resume",
        action="store_true",
        help="keep the results in DIR of what has not changed (as if left out)",
    )
    again.add_argument(
        "--regrade",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        help="grade these again, or `all`",
    )
    grade.add_argument(
        "--roster",
        type=Path,
        metavar="FILE",
        help="whose submissions: CSV (id, name, email, path), or an LMS's",
    )
    grade.add_argument(
        "--scheduler",
        type=_address,
        metavar="ADDRESS",
        help="grade on the Dask cluster of this scheduler (tcp:// or tls://)",
    )
    grade.add_argument("--pseudonyms", type=Path, metavar="KEYFILE", help="hide the names by this key")


def entries_asked(arguments: argparse.Namespace) -> list["Entry"]:
    """Return the submissions that are asked for, with the names of their results; tell what a roster lacks."""
    from checks.evidence.submission.limits import SubmissionError
    from checks.grading.entries import entries_of
    from checks.grading.roster import read_roster

    paths, notes = _existing(arguments.submission), list[str]()
    if arguments.roster is None:
        entries = entries_of(paths)
    else:
        entries, notes = read_roster(arguments.roster).entries(paths)
    for note in notes:
        print(f"checks grade: {sanitize_line(note)}", file=sys.stderr)
    if not entries:
        raise SubmissionError(
            "SUBMISSION",
            "there is none",
            "Name folders or archives, before --regrade, or a roster with paths",
        )
    return _masked(entries, arguments.pseudonyms, arguments.out) if arguments.pseudonyms else entries


def _masked(entries: Sequence["Entry"], keyfile: Path, out: Path | None) -> list["Entry"]:
    from checks.grading.entries import masked
    from checks.grading.pseudonyms import read_key, refuse_names
    from checks.grading.results import EARLIER, reports_in

    key = read_key(keyfile)
    for folder in (out, out / EARLIER) if out is not None else ():
        refuse_names((report.submission for report in reports_in(folder)), folder)
    return masked(entries, key)


def batch_of(
    entries: Sequence["Entry"], labs: Sequence["Lab"], arguments: argparse.Namespace, progress: "Progress"
) -> "Batch":
    """Return the class as it is asked for, with what the folder of results says about it."""
    from checks.grading.batch import Batch, told_to_regrade
    from checks.grading.due import read_policy
    from checks.grading.overrides import read_overrides
    from checks.grading.results import Results

    pool, out = _pool(labs, arguments, progress), arguments.out
    asked = told_to_regrade(arguments.regrade, entries)
    if out is None:
        return Batch(entries, labs, pool)
    results = Results(out)
    if arguments.check or not arguments.regrade:
        _refuse_loss(results, entries, labs, arguments.check)
    regrade = asked | results.waiting()
    names = {*(e.name for e in entries), *(r.submission for r in results.all()), *_enrolled(arguments)}
    overrides, policy = read_overrides(out, names, labs), read_policy(out, names)
    return Batch(entries, labs, pool, results, regrade, overrides, policy, progress.note)


def _refuse_loss(
    results: "Results", entries: Sequence["Entry"], labs: Sequence["Lab"], chosen: Sequence[str]
) -> None:
    """Raise `ClassFileError` if a new result would lack a lab or a check that the earlier one has."""
    from checks.grading.class_files import ClassFileError
    from checks.lab import all_labs

    others = {lab.id for lab in all_labs()} - {lab.id for lab in labs}
    for entry in entries:
        older = results.load(entry.name)
        if older and chosen:
            what = f"the result of {entry.name} in {results.folder} would be replaced by some checks of it"
            raise ClassFileError(f"{what}. Leave out --out, or name another")
        if lost := [lab.id for lab in older.labs if lab.id in others] if older else []:
            what = f"the result of {entry.name} in {results.folder} has {lost[0]} too, which a new one would lack"
            raise ClassFileError(f"{what}. Add --lab {lost[0]}, name another --out, or add --regrade all")


def _enrolled(arguments: argparse.Namespace) -> list[str]:
    """Return the names that results of the roster's people would have, whether they have handed in or not."""
    from checks.grading.pseudonyms import pseudonym, read_key
    from checks.grading.roster import read_roster

    if arguments.roster is None:
        return []
    names, keyfile = read_roster(arguments.roster).names, arguments.pseudonyms
    return [pseudonym(name, read_key(keyfile)) for name in names] if keyfile else list(names)


def _pool(labs: Sequence["Lab"], arguments: argparse.Namespace, progress: "Progress") -> "Pool":
    """Return what grades: this machine, or the cluster that is asked for; raise `PoolError` without Dask."""
    from checks.grading.pool import LocalPool, PoolError

    here = LocalPool(labs, choice_of(arguments), arguments.jobs, progress.step)
    if arguments.scheduler is None:
        return here
    try:
        from checks.grading.cluster import Cluster
    except ModuleNotFoundError as missing:
        why = f"--scheduler needs Dask, and {missing.name} is not installed. `make cluster` installs it"
        raise PoolError(why) from None
    return Cluster(arguments.scheduler, here, progress.note)


def choice_of(arguments: argparse.Namespace) -> "Choice":
    """Return which engine is asked for."""
    choice: Choice = "none" if arguments.static else arguments.engine
    return choice


def _address(text: str) -> str:
    if not text.startswith(("tcp://", "tls://")):
        raise argparse.ArgumentTypeError("tcp://HOST:PORT or tls://HOST:PORT, as the scheduler says it")
    return text


def _existing(paths: Sequence[Path]) -> Sequence[Path]:
    """Return the paths; raise `SubmissionError` for the first that does not exist."""
    from checks.evidence.submission.limits import SubmissionError

    for path in paths:
        if not path.exists():
            raise SubmissionError(str(path), "there is no such folder or file", "Check the path")
    return paths

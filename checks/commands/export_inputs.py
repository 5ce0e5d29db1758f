"""What the exports of `grade` may use: the sheet, the environment, and the files of the submissions."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from checks.reports.formats.format import ExportError

if TYPE_CHECKING:
    from checks.lab import Lab
    from checks.reports.formats.format import ExportInputs, Lines


def inputs_of(
    arguments: argparse.Namespace, labs: Sequence["Lab"], names: Mapping[str, Path]
) -> "ExportInputs":
    """Return them; raise `ExportError` for a sheet that cannot be read."""
    from checks.evidence.submission.submission import lines_of
    from checks.grading.course import shared_files
    from checks.lab import ROOT
    from checks.reports.formats.format import ExportInputs
    from checks.reports.untouched import handed_out

    @cache
    def wanted() -> frozenset[str]:
        return frozenset(f"{lab.id}/{name}" for lab in labs for name in (*lab.edit, *handed_out(lab)))

    deciding = shared_files() if arguments.format else ()
    shared = {path.relative_to(ROOT).as_posix(): path for path in deciding}

    @cache
    def lines(submission: str) -> "Lines":
        if submission not in names:
            return lambda _: None
        of_labs = cache(lines_of(names[submission], wanted()))
        of_all = cache(lines_of(names[submission], shared))  # read when one is asked for: they are many
        return lambda file: of_all(file) if file in shared else of_labs(file)

    return ExportInputs(
        static=arguments.static,
        environment=os.environ,
        sheet=_sheet(arguments.fill_in or arguments.roster),
        lines=lines,
        labs=labs,
        shared=shared,
        note=_note,
    )


def _note(text: str) -> None:
    print(f"checks grade: {text}", file=sys.stderr)


def _sheet(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return stream.read()
    except (OSError, UnicodeDecodeError) as error:
        raise ExportError(f"{path}: {getattr(error, 'strerror', 'it is not UTF-8')}") from None

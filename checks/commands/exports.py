"""The options `--format`, `--reveal` and `--fill-in` of `grade`: which exports are written, and where."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self, get_args

from checks.commands.export_inputs import inputs_of
from checks.reports.formats import all_formats, load_format
from checks.reports.formats.format import ExportError
from checks.sections import Reveal

if TYPE_CHECKING:
    from checks.lab import Lab
    from checks.outcomes import Report
    from checks.reports.formats.format import ExportedFile, ExportInputs, Format
    from checks.reports.reveal import Reveals

NOBODY = "nobody"  # the submission of the rehearsal
SHEETS = ("canvas-csv", "moodle-csv")  # these write a platform's sheet, with everybody's name in it


def declare_exports(grade: argparse.ArgumentParser) -> None:
    """Declare the options; argparse lists the formats that there are."""
    exports = grade.add_argument_group("exports")
    exports.add_argument(
        "--format",
        action="append",
        default=[],
        choices=all_formats(),
        help="write DIR/NAME/..., or print it without --out (may be repeated)",
    )
    exports.add_argument(
        "--reveal",
        choices=get_args(Reveal),
        help="how much of a failure all exports show, whatever lab.yaml says",
    )
    exports.add_argument(
        "--fill-in",
        type=Path,
        metavar="FILE",
        help="the sheet that canvas-csv or moodle-csv fills in (as if left out: the roster)",
    )


@dataclass(frozen=True)
class Exports:
    """The exports of one grading; `write` makes them from its reports."""

    formats: Sequence["Format"]
    reveals: "Reveals"
    whole: Reveal | None
    inputs: "ExportInputs"
    out: Path | None

    @classmethod
    def of(cls, arguments: argparse.Namespace, labs: Sequence["Lab"], names: Mapping[str, Path]) -> Self:
        """Load the formats and rehearse each; raise `ExportError` for what would fail after the grading.

        `names` has the path of each submission by its name in the reports.
        """
        exports = cls(
            [load_format(name) for name in dict.fromkeys(arguments.format)],
            {lab.id: lab.reveal for lab in labs},
            arguments.reveal,
            inputs_of(arguments, labs, names),
            arguments.out,
        )
        exports._refuse_several(len(names))
        if arguments.pseudonyms:
            exports._refuse_sheets()
        for each in exports.formats:
            exports._rehearse(each)
        return exports

    @property
    def printed(self) -> bool:
        """Whether the export goes to standard output, in place of the report for a person."""
        return self.out is None and bool(self.formats)

    def write(self, reports: Sequence["Report"], together: Sequence["Report"]) -> None:
        """Write or print every export; raise `ExportError` for those that cannot be made, after all others.

        `together` has these reports and those that were there before: an export of the class is of all.
        """
        wrong = []
        inputs = replace(self.inputs, earlier=self._earlier())
        for each in self.formats:
            try:
                of_these = reports if each.of_class is None else together
                for number, (folder, file) in enumerate(self._files(each, of_these, inputs)):
                    self._put(each.name, folder, file)
                    if self.printed and number == 0:
                        _print(file)
            except ExportError as error:
                wrong.append(str(error))
        if wrong:
            raise ExportError("\n".join(wrong))

    def _files(
        self, each: "Format", reports: Sequence["Report"], inputs: "ExportInputs"
    ) -> Iterator[tuple[str, "ExportedFile"]]:
        """Yield the files of a format, with the folder of the submission that they belong to."""
        shown = [self._shown(each, report) for report in reports]
        if each.of_class is not None:
            yield from (("", file) for file in each.of_class(shown, inputs))
        for report in shown if each.of_report is not None else ():
            assert each.of_report is not None
            yield from ((report.submission, file) for file in each.of_report(report, inputs))

    def _earlier(self) -> Mapping[str, "Report"]:
        """Return by name what the newest result of each submission has replaced."""
        from checks.grading.results import EARLIER, reports_in

        return {report.submission: report for report in reports_in(self.out / EARLIER)} if self.out else {}

    def _shown(self, each: "Format", report: "Report") -> "Report":
        from checks.reports.reveal import concealed

        return concealed(report, self.reveals if each.for_students else {}, self.whole)

    def _put(self, name: str, folder: str, file: "ExportedFile") -> None:
        from checks.reports.files import write_atomically

        if file.variable and (path := self.inputs.environment.get(file.variable)):
            with Path(path).open("a", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write(file.text)
        if self.out is not None:
            target = self.out / name / folder / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(target, file.text)

    def _refuse_several(self, submissions: int) -> None:
        """Raise `ExportError` if standard output would get several documents, one behind the other."""
        several = len(self.formats) > 1 or (
            submissions > 1 and any(each.of_report is not None for each in self.formats)
        )
        if self.printed and several:
            raise ExportError("several exports need a folder: add --out DIR")

    def _refuse_sheets(self) -> None:
        """Raise `ExportError` for a sheet: beside pseudonyms it would give the names away."""
        if names := [each.name for each in self.formats if each.name in SHEETS]:
            raise ExportError(
                f"{names[0]} has the names of the class, which --pseudonyms hides: leave out one"
            )

    def _rehearse(self, each: "Format") -> None:
        """Make the export of nobody, so that a missing sheet or variable is told before the grading."""
        from checks.outcomes import EngineUsed, Report

        if each.of_class is not None:
            list(each.of_class([], self.inputs))
        if each.of_report is not None:
            list(each.of_report(Report(NOBODY, "", EngineUsed(), ()), self.inputs))


def _print(file: "ExportedFile") -> None:
    """Print the first file of an export, which is the export; others are additions to it."""
    from checks.reports.page import encodable

    sys.stdout.write(encodable(file.text, sys.stdout.encoding))

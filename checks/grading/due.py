"""Due dates: `due.yaml` in the folder of results says when work is due, what a late day costs, and who has longer.

Without the file nothing is late.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime

from checks.amendments import Lateness
from checks.grading.class_files import ClassFileError, line_in, read_class_file
from checks.grading.entries import FILES_TIME, Entry
from checks.lab import Lab, all_labs
from checks.outcomes import LabResult, Report
from checks.parsing.text.problems import suggestion
from checks.parsing.text.typed import Section
from checks.parsing.text.yaml_node import YamlNode

FILE = "due.yaml"
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Extension(Section):
    """More time for one person; for all labs unless it names some."""

    submission: str
    until: AwareDatetime
    reason: str
    labs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DuePolicy(Section):
    """The file: a time for each lab, points for each begun day, at most `most_points`, not in the grace."""

    due: Mapping[str, AwareDatetime] = field(default_factory=dict)
    points_a_day: int = 0
    most_points: int | None = None
    grace_minutes: int = 0
    extensions: tuple[Extension, ...] = ()

    def applied(self, report: Report, entry: Entry, labs: Collection[Lab]) -> Report:
        """Return the report with the lateness of each lab that has a due date.

        A file's time that it has already stays: the same work may since have been unpacked again.
        """
        by_id = {lab.id: lab for lab in labs}
        return replace(report, labs=tuple(self._lab(lab, entry, by_id) for lab in report.labs))

    def _lab(self, result: LabResult, entry: Entry, labs: Mapping[str, Lab]) -> LabResult:
        due = self.due.get(result.id)
        if due is None:
            return replace(result, late=None)
        longer = [
            given for given in self.extensions if _applies(given, entry, result.id) and given.until > due
        ]
        given = max(longer, key=lambda extension: extension.until, default=None)
        submitted, source = entry.time(labs[result.id])
        if source == FILES_TIME and result.late and result.late.source == FILES_TIME:
            submitted = datetime.fromisoformat(result.late.submitted)
        return replace(result, late=self._lateness(given.until if given else due, submitted, source, given))

    def _lateness(self, due: datetime, submitted: datetime, source: str, given: Extension | None) -> Lateness:
        over = submitted - due
        days = -(-over // DAY) if over > timedelta(minutes=self.grace_minutes) else 0
        most = self.most_points if self.most_points is not None else days * self.points_a_day
        points = min(days * self.points_a_day, most)
        reason = given.reason if given else ""
        return Lateness(_text(due), _text(submitted.astimezone(due.tzinfo)), source, days, points, reason)


def dated_as(older: Report | None, report: Report) -> Report:
    """Return a fresh report with the lateness of an earlier one of the same work, to be judged again."""
    if older is None or older.digest != report.digest:
        return report
    late = {lab.id: lab.late for lab in older.labs}
    return replace(report, labs=tuple(replace(lab, late=late.get(lab.id)) for lab in report.labs))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def read_policy(folder: Path, names: Collection[str]) -> DuePolicy:
    """Read the file, if there is one; raise `ClassFileError` for a wrong lab, name or number."""
    path = folder / FILE
    if not path.exists():
        return DuePolicy()
    policy, node = read_class_file(DuePolicy, path)
    _refuse_names(policy, node, names)
    for key in ("points_a_day", "most_points", "grace_minutes"):
        if (getattr(policy, key) or 0) < 0:
            raise ClassFileError(f"{path}:{line_in(node, key)}: `{key}` is below 0")
    return policy


def _refuse_names(policy: DuePolicy, node: YamlNode, names: Collection[str]) -> None:
    labs = [lab.id for lab in all_labs()]
    asked = [(("due", lab), lab) for lab in policy.due]
    for number, extension in enumerate(policy.extensions):
        place = ("extensions", number, "submission")
        if extension.submission not in names:
            nearest = suggestion(extension.submission, names)
            line = line_in(node, *place)
            raise ClassFileError(
                f"{node.file}:{line}: there is no submission `{extension.submission}`{nearest} "
                "(--roster FILE says who has none yet)"
            )
        asked += [(("extensions", str(number)), lab) for lab in extension.labs]
    for where, lab in asked:
        if lab not in labs:
            raise ClassFileError(
                f"{node.file}:{line_in(node, *where)}: there is no lab `{lab}`{suggestion(lab, labs)}"
            )


def _applies(extension: Extension, entry: Entry, lab: str) -> bool:
    return extension.submission == entry.name and (not extension.labs or lab in extension.labs)

"""The folder of a class's results: what was graded before, what a regrade replaces, and what it has yet to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from checks.outcomes import Report
from checks.reports import json_v1
from checks.reports.files import write_atomically

EARLIER = "earlier"  # the folder inside, with `NAME.DATE.json`
WAITING = "regrade.txt"  # names that are to be graded again, one a line, until they are


@dataclass(frozen=True, slots=True)
class Results:
    """The reports in one folder, `NAME.json` each."""

    folder: Path

    def load(self, name: str) -> Report | None:
        """Return the report of that name; None if there is none, or if it is not whole."""
        return read_report(self.folder / f"{name}.json")

    def all(self) -> list[Report]:
        """Return every report of the folder; other JSON files there are passed over."""
        return reports_in(self.folder)

    def together(self, newer: Iterable[Report]) -> list[Report]:
        """Return the reports of the folder, with these in the place of those of the same name."""
        by_name = {report.submission: report for report in (*self.all(), *newer)}
        return list(by_name.values())

    def waiting(self) -> frozenset[str]:
        """Return the names that an interrupted run was told to grade again, and has not."""
        path = self.folder / WAITING
        return frozenset(path.read_text("utf-8").splitlines()) if path.is_file() else frozenset()

    def wait_for(self, names: frozenset[str]) -> None:
        """Write down which names are to be graded again."""
        if names:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self.folder / WAITING, "".join(f"{name}\n" for name in sorted(names)))
        else:
            (self.folder / WAITING).unlink(missing_ok=True)

    def set_aside(self, name: str) -> None:
        """Copy the report of that name, if there is one, to where earlier ones are kept, under its date."""
        older = self.load(name)
        if older is None:
            return
        place = self.folder / EARLIER
        place.mkdir(parents=True, exist_ok=True)
        moment = older.graded_at.replace(":", "")
        write_atomically(place / f"{name}.{moment}.json", json_v1.dump(older))


def reports_in(folder: Path) -> list[Report]:
    """Return the reports of a folder, by name; of one submission the newest, as among earlier ones."""
    found = (read_report(path) for path in sorted(folder.glob("*.json")))
    reports = sorted((report for report in found if report), key=lambda report: report.graded_at)
    return sorted({report.submission: report for report in reports}.values(), key=lambda one: one.submission)


def read_report(path: Path) -> Report | None:
    """Return the report in a file; None if it cannot be read or is none."""
    try:
        return json_v1.load(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None

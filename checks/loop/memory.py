"""What the course remembers of a student's loop, below `out/`: the hints that were shown, and the last full report.

The report is kept for the files and the course as they were, so that asking for another hint does not build again.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from checks.evidence.submission.digest import digest_of
from checks.evidence.submission.submission import safe_name
from checks.grading.course import course
from checks.hints import Hint
from checks.lab import ROOT, Lab
from checks.outcomes import Report
from checks.reports import json_v1
from checks.reports.files import write_atomically

FOLDER = ROOT / "out" / "hints"


@dataclass(frozen=True)
class Memory:
    """What is remembered of one lab of one submission; `state` is what `report` is about."""

    path: Path
    levels: Mapping[str, int] = field(default_factory=dict)
    state: str = ""
    report: Report | None = None

    @classmethod
    def of(cls, submission: Path, lab: Lab, folder: Path = FOLDER) -> Self:
        """Read it; what is missing or broken is forgotten."""
        path = folder / f"{safe_name(submission)}.{lab.id}.json"
        try:
            return cls(path, **_parsed(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return cls(path)

    def level(self, hint: Hint) -> int:
        """Return how many of these hints were shown."""
        return min(self.levels.get(_key(hint), 0), len(hint.texts))

    def one_more(self, hint: Hint) -> "Memory":
        """Return the memory in which one more of these hints is shown."""
        shown = min(self.level(hint) + 1, len(hint.texts))
        return replace(self, levels={**self.levels, _key(hint): shown})

    def report_about(self, state: str) -> Report | None:
        """Return the report about this state, if it is known and everything in it was judged."""
        return self.report if self.report and self.report.complete and self.state == state else None

    def with_report(self, state: str, report: Report) -> "Memory":
        """Return the memory with this report about that state."""
        return replace(self, state=state, report=report)

    def write(self) -> None:
        """Write it; where the course may not be written to, the same hint is shown the next time."""
        report = json_v1.dump(self.report) if self.report else None
        document = {"levels": dict(self.levels), "state": self.state, "report": report}
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self.path, json.dumps(document, indent=2) + "\n")


def state_of(submission: Path, lab: Lab) -> str:
    """Return a digest of what a submission hands in for a lab, with that of the course that judges it."""
    handed_in = digest_of(submission, [(lab.id, name) for name in lab.edit])
    return f"{handed_in} by {course().digest}"


def _key(hint: Hint) -> str:
    return f"{hint.check.id}/{hint.way}"


def _parsed(text: str) -> dict[str, Any]:
    document = json.loads(text)
    report = document["report"]
    return {
        "levels": {str(key): int(level) for key, level in document["levels"].items()},
        "state": str(document["state"]),
        "report": None if report is None else json_v1.load(report),
    }

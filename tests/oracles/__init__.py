"""What the real programs say, written down: the tables, and how they are read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

Verdict = Literal["taken", "refused", "crashes"]
TABLE = Path(__file__).with_name("dockerfiles.yaml")
OLDER = "26.1"
_WHOLE = re.compile(r"^[ \t]*FROM\b|^#|^ARG A", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Case:
    """One file, and what is said of it."""

    kind: str
    text: str
    newest: Verdict
    older: Verdict
    parser: Verdict
    line: int
    grader: Verdict
    grader_line: int

    @property
    def differs(self) -> bool:
        """Whether the grader says something else than the newest engine."""
        return (self.grader, self.grader_line) != (self.newest, self.line)

    def of(self, version: str) -> Verdict:
        """What the engine of this version says."""
        return self.older if version.startswith(OLDER) else self.newest


def read_table(path: Path) -> Any:
    """A table of tests, read by libyaml where PyYAML has it: its own reader takes a second for all of them."""
    return yaml.load(path.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def cases() -> Iterator[Case]:
    """All of the table, in its order."""
    for kind, entries in read_table(TABLE).items():
        for entry in entries:
            yield _case(kind, entry)


def differences() -> Iterator[str]:
    """The reason of every case in which the grader differs; "" where none is given."""
    for entries in read_table(TABLE).values():
        yield from (entry.get("because", "") for entry in entries if "grader" in entry)


def _case(kind: str, entry: dict[str, str]) -> Case:
    newest: Verdict = "taken" if "taken" in entry else "refused"
    text = entry[newest]
    line = int(entry.get("line", 2)) if newest == "refused" else 0
    said = str(entry.get("grader", newest))
    return Case(
        kind,
        text if not text or _WHOLE.search(text) else f"FROM scratch\n{text}",
        newest,
        entry.get(OLDER, newest),  # type: ignore[arg-type]  # the table is ours
        entry.get("parser", "taken"),  # type: ignore[arg-type]
        line,
        newest if said.startswith("line") else said,  # type: ignore[arg-type]
        int(said.removeprefix("line "))
        if said.startswith("line")
        else line
        if said == newest
        else 2 * (said != "taken"),
    )

"""The roster of a class: whose submissions these are, from a CSV file or from the learning platform's own export.

A platform's export has no paths. Its people are found by the names under which the platform packs submissions.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from checks.evidence.submission.submission import safe_label, safe_name
from checks.grading.class_files import ClassFileError
from checks.grading.entries import Entry, told_apart
from checks.grading.roster_formats import Form, Row, format_of
from checks.parsing.text.problems import suggestion


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the roster; `number` is the platform's own, and `place` is `file:line`.

    `names` begin with those that the person cannot choose.
    """

    id: str
    names: tuple[str, ...]
    number: str
    path: Path | None
    submitted: datetime | None
    place: str


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of a class; `number_in` finds the platform's number of one in the path of a download."""

    people: Sequence[Person]
    number_in: Callable[[Path], str]

    @property
    def names(self) -> Sequence[str]:
        """The name of each person's first result."""
        return [safe_label(person.id) for person in self.people]

    def entries(self, paths: Iterable[Path]) -> tuple[list[Entry], list[str]]:
        """Return an entry for each submission, and a note for each person who has not one, and each stranger."""
        found, strangers = self._found(paths)
        submissions = Counter(person.id for person, _ in found)
        notes = [f"{path}: nobody in the roster; it is graded as `{safe_name(path)}`" for path in strangers]
        notes += [_absence(person) for person in self.people if not submissions[person.id]]
        notes += [_several(person, n) for person in self.people if (n := submissions[person.id]) > 1]
        mine = [Entry(safe_label(person.id), path, person.submitted) for person, path in found]
        return told_apart([*mine, *(Entry(safe_name(path), path) for path in strangers)]), notes

    def _found(self, paths: Iterable[Path]) -> tuple[list[tuple[Person, Path]], list[Path]]:
        """Return the submissions of the people, and those of nobody; what is named twice counts once."""
        found = [(person, person.path) for person in self.people if person.path and person.path.exists()]
        strangers, known = list[Path](), {path.resolve() for _, path in found}
        for path in paths:
            if path.resolve() in known:
                continue
            known.add(path.resolve())
            if person := self._owner(path):
                found.append((person, path))
            else:
                strangers.append(path)
        return found, strangers

    def _owner(self, path: Path) -> Person | None:
        """Return the person whom the path names; what a platform wrote there counts before what a student chose."""
        number = self.number_in(path)
        if by_number := [person for person in self.people if number and person.number == number]:
            return by_number[0]
        name = safe_name(path).casefold()  # never empty, as a name that a person lacks is
        for strength in range(max((len(person.names) for person in self.people), default=0)):
            found = [person for person in self.people if name in person.names[strength : strength + 1]]
            if found:
                return found[0] if len(found) == 1 else None
        return None


def read_roster(path: Path) -> Roster:
    """Read a roster; raise `ClassFileError` with the file and the line."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise ClassFileError(f"{path}: the roster cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ClassFileError(f"{path}: the roster is not UTF-8; save it as CSV in UTF-8") from None
    try:
        return _parsed(text, path)
    except csv.Error as broken:  # without this, one quotation mark takes the people up to the next
        raise ClassFileError(
            f"{path}: the roster is no CSV: a quotation mark is not closed ({broken})"
        ) from None


def _parsed(text: str, path: Path) -> Roster:
    people: dict[str, Person] = {}
    form, rows = _read(text, path)
    for person in rows:
        if other := people.get(person.id.casefold()):
            raise ClassFileError(f"{person.place}: `{person.id}` is there already, at {other.place}")
        people[person.id.casefold()] = person
    return Roster(tuple(people.values()), form.number_in)


def _read(text: str, path: Path) -> tuple[Form, Iterator[Person]]:
    """Return the form of a roster, and its people."""
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, strict=True)
    header = [name.strip() for name in reader.fieldnames or ()]
    form = format_of(header)
    if form is None:
        nearest = next((near for name in header if (near := suggestion(name.lower(), ["id"]))), "")
        asked = "the header needs a column `id`, or those of an export of Canvas or Moodle"
        raise ClassFileError(f"{path}:1: {asked}{nearest}; it has: {', '.join(header) or 'nothing'}")
    return form, _people(reader, form, path)


def _people(reader: "csv.DictReader[str]", form: Form, path: Path) -> Iterator[Person]:
    for cells in reader:
        place = f"{path}:{reader.line_num}"
        if (row := form.row(_clean(cells))) is not None:
            yield _person(row, path, place)


def _clean(cells: Mapping[str | None, str | list[str] | None]) -> dict[str, str]:
    """Return the cells of a row without blanks around them; those beyond the header have no name."""
    return {name.strip(): value.strip() for name, value in cells.items() if name and isinstance(value, str)}


def _person(row: Row, roster: Path, place: str) -> Person:
    if not row.id:
        raise ClassFileError(f"{place}: this row has no `id`; every person needs one")
    names = (row.id, row.email, row.number, row.email.partition("@")[0], row.name)
    path = roster.parent / row.path if row.path else None
    known = tuple(name.casefold() for name in names)
    return Person(row.id, known, row.number, path, _moment(row.submitted, place), place)


def _moment(text: str, place: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        wanted = "a time with its offset, such as 2026-11-20T23:59:00+01:00"
        raise ClassFileError(f"{place}: `submitted` is {text}, and should be {wanted}")
    return moment


def _several(person: Person, count: int) -> str:
    return f"{person.place}: {person.id}: {count} submissions; say which counts, by leaving out the others"


def _absence(person: Person) -> str:
    where = f"there is nothing at {person.path}" if person.path else "no submission"
    return f"{person.place}: {person.id}: {where}"

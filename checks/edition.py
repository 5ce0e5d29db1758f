"""An edition: the course on other releases than those that its author wrote it for, as data.

`editions/<name>.yaml` says which words stand for which others, and which passages are written anew. It changes the
text of files, `lab.yaml` among them, before anything reads them: what is downstream knows no editions. `EDITION`
chooses one; without it, the course is as its author wrote it.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from checks.parsing.text.problems import ParseError, suggestion
from checks.parsing.text.typed import Mistyped, Section, read_as
from checks.parsing.text.yaml_file import parse_yaml
from checks.parsing.text.yaml_node import YamlNode

VARIABLE = "EDITION"
FOLDER = "editions"
NAME = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)  # it stands in paths, and in what is handed over


class EditionError(Exception):
    """No such edition, or its file is not as it must be; the message says what, and where."""


@dataclass(frozen=True, kw_only=True)
class Passage(Section):
    """A text that stands once in a file, and the one that takes its place."""

    was: str
    now: str


@dataclass(frozen=True, kw_only=True)
class Stated(Section):
    """What the file of an edition says.

    `about` tells people what it is. `values` has the course's own words and those of the edition: each counts
    wherever it stands as a whole word in the files of `labs` and of their solutions. `passages` are by file, by its
    path in the course.
    """

    about: str
    labs: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    passages: Mapping[str, tuple[Passage, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Edition(Stated):
    """One edition. `folder` has whole files that take the place of the course's, at the same paths."""

    name: str
    folder: Path
    node: YamlNode = field(repr=False)

    def changes(self, path: str) -> bool:
        """Whether a file, by its path in the course, belongs to a lab of the edition or to its solution."""
        return path.removeprefix("solutions/").partition("/")[0] in self.labs

    def text(self, path: str, text: str) -> str:
        """Return the text of a file in this edition; a passage that it does not have stays away."""
        for passage in self.passages.get(path, ()):
            text = text.replace(passage.was, passage.now)
        if not self.values:
            return text
        return self._words.sub(lambda match: self.values[match[0]], text)

    def used(self, text: str) -> frozenset[str]:
        """Return the values that stand in a text."""
        return frozenset(self._words.findall(text)) if self.values else frozenset()

    @property
    def _words(self) -> re.Pattern[str]:
        """One pattern for all, so that no word is replaced twice; the longest first."""
        words = "|".join(map(re.escape, sorted(self.values, key=len, reverse=True)))
        return re.compile(rf"(?<![\w.])(?:{words})(?!\w|\.\w)")

    def wrong(self, line: int, what: str) -> EditionError:
        """Return the error for a line of the edition's file."""
        return EditionError(f"{self.node.file}:{line}: {what}")


def edition_asked(root: Path) -> Edition | None:
    """Return the edition that `EDITION` names; None for the course as it is. Raises `EditionError`."""
    name = os.environ.get(VARIABLE, "")
    if not name:
        return None
    known = editions(root)
    if name not in known:
        nearest, there_are = suggestion(name, known), ", ".join(known) or "none here"
        raise EditionError(
            f"{VARIABLE} is {name!a}, and there is no such edition{nearest}; there are: {there_are}. "
            "Without it, the course is as it lies here"
        )
    return read_edition(root / FOLDER / f"{name}.yaml")


def editions(root: Path) -> list[str]:
    """Return the names of the editions of the course below `root`."""
    return sorted(path.stem for path in (root / FOLDER).glob("*.yaml") if NAME.fullmatch(path.stem))


def read_edition(path: Path) -> Edition:
    """Read the file of an edition; raises `EditionError`."""
    file = f"{FOLDER}/{path.name}"
    try:
        node = parse_yaml(path.read_bytes(), file)
        stated = read_as(Stated, node, node.value)
    except ParseError as error:
        raise EditionError(f"{file}:{error.line}: {error.message}") from None
    except Mistyped as mistyped:
        raise EditionError(str(mistyped)) from None
    return Edition(**vars(stated), name=path.stem, folder=path.with_suffix(""), node=node)


def refuse_unknown(edition: Edition, labs: Iterable[str]) -> None:
    """Raise `EditionError` for a lab that there is not, and for a passage of a file that is no lab's."""
    known = list(labs)
    for node, lab in zip(_elements(edition.node, "labs"), edition.labs, strict=True):
        if lab not in known:
            raise edition.wrong(node.line, f"there is no lab `{lab}`{suggestion(lab, known)}")
    passages = edition.node.get("passages")
    for path in edition.passages:
        if passages is not None and not edition.changes(path):
            raise edition.wrong(passages.key_line(path), f"`{path}` is no file of the edition's `labs`")


def _elements(node: YamlNode, key: str) -> Iterator[YamlNode]:
    found = node.get(key)
    return iter(()) if found is None else found.elements()

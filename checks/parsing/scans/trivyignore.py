"""The exceptions from Trivy's findings in `.trivyignore.yaml`; the format is in Trivy's chapter "Filtering".

Trivy itself takes an exception without a reason and without an end; who accepts a risk says why, and until when.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from checks.parsing.scans.trivy_result import Vulnerability
from checks.parsing.text.path_pattern import PathPattern
from checks.parsing.text.problems import ParseError, Refused
from checks.parsing.text.yaml_file import parse_yaml
from checks.parsing.text.yaml_node import YamlNode
from checks.sanitize import shortened

VULNERABILITIES = "vulnerabilities"  # other sections except misconfigurations, secrets and licences
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ignored:
    """One exception; `expired_at` is None if it has no end, and `statement` empty if it has no reason.

    Without `paths` and `purls`, it is for every file and every package. `file` is the file's name for messages.
    """

    id: str
    line: int
    statement: str = ""
    expired_at: date | None = None
    file: str = ".trivyignore.yaml"
    paths: tuple[PathPattern, ...] = ()
    purls: tuple[str, ...] = ()

    def is_for(self, target: str, found: Vulnerability) -> bool:
        """Whether it is for this vulnerability of the result with this target."""
        return self.id == found.id and self._has_path({target, found.path}) and self._has_purl(found)

    def _has_path(self, places: set[str]) -> bool:
        return not self.paths or any(pattern.matches(place) for pattern in self.paths for place in places)

    def _has_purl(self, found: Vulnerability) -> bool:
        """Whether one of the package URLs is that of the package, with or without version and qualifiers."""
        purl = found.identifier.purl
        known = {purl, purl.partition("?")[0], purl.partition("?")[0].partition("@")[0]}
        return not self.purls or not purl or bool(known & {*self.purls})

    def is_expired(self, today: date) -> bool:
        """Whether it is over; on its last day it is, as for Trivy."""
        return self.expired_at is not None and self.expired_at <= today


def parse_trivyignore(data: bytes, path: str) -> tuple[Ignored, ...]:
    """Return the exceptions for vulnerabilities; `path` is the file's name for messages. Raises ParseError."""
    section = parse_yaml(data, path, allow_aliases=False).get(VULNERABILITIES)
    if section is None or section.kind == "empty":
        return ()
    return tuple(_ignored(entry, path) for entry in section.elements())


def _ignored(entry: YamlNode, file: str) -> Ignored:
    return Ignored(
        id=_text(entry["id"]),
        line=entry.line,
        statement=_text(entry.get("statement")).strip(),
        expired_at=_date(entry.get("expired_at")),
        file=file,
        paths=tuple(_patterns(entry.get("paths"))),
        purls=_texts(entry.get("purls")),
    )


def _text(node: YamlNode | None) -> str:
    """Return a scalar as written, since a number is a reason, too; "" for none."""
    if node is None or node.kind == "empty":
        return ""
    if node.is_mapping or node.is_list:
        raise ParseError(f"`{node.path}` should be text, and is {node.kind}", node.line)
    return node.text


def _texts(node: YamlNode | None) -> tuple[str, ...]:
    return () if node is None or node.kind == "empty" else tuple(map(_text, node.elements()))


def _patterns(node: YamlNode | None) -> Iterator[PathPattern]:
    for element in () if node is None or node.kind == "empty" else node.elements():
        text = _text(element)
        try:
            yield PathPattern.parse(text)
        except Refused as refused:
            why = f"`{shortened(text)}` is no pattern of a path: {refused}"
            raise ParseError(why, element.line) from None


def _date(node: YamlNode | None) -> date | None:
    text = _text(node)
    if node is None or not text:
        return None
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:  # a month or a day that no calendar has
        pass
    raise ParseError(f"`{node.path}` should be a day like 2027-01-31, and is `{shortened(text)}`", node.line)

"""The words that a report uses, each with what it is, an example, and where the course uses it.

They are read from glossary.md beside this file, which students read as well: `## layer` begins an entry, other
spellings stand behind commas, and the fenced block is the example.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from checks.sanitize import FENCE

FILE = Path(__file__).with_suffix(".md")
_ENTRY = re.compile(
    r"^## (?P<names>.+)\n\n(?P<text>(?:.+\n)+)\n```text\n(?P<example>(?:.*\n)+?)```\n\n"
    r"In the course: (?P<places>.+)\.$",
    re.MULTILINE,
)
_LINK = re.compile(r"\[([^\]]+)\]\(\.\./([^)]+)\)")
_CODE = re.compile(r"`[^`\n]*`")


@dataclass(frozen=True, slots=True)
class Term:
    """One word: its other spellings, a sentence or two, an example, and READMEs by the names of their labs."""

    word: str
    others: tuple[str, ...]
    text: str
    example: str
    places: tuple[tuple[str, str], ...]

    @property
    def id(self) -> str:
        """The word as a name without blanks."""
        return self.word.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Use:
    """A place of a text that uses a word, by its first and last character."""

    start: int
    end: int
    term: Term


@cache
def terms(file: Path = FILE) -> Sequence[Term]:
    """Return all entries, in the order of the file."""
    return tuple(_term(found) for found in _ENTRY.finditer(file.read_text("utf-8")))


def _term(found: re.Match[str]) -> Term:
    word, *others = found["names"].split(", ")
    places = tuple((lab, readme) for lab, readme in _LINK.findall(found["places"]))
    return Term(word, tuple(others), " ".join(found["text"].split()), found["example"].rstrip("\n"), places)


def term_of(word: str) -> Term | None:
    """Return the entry of a word, in any case, also in the plural."""
    asked, names = word.strip().lower(), {name.lower(): term for name, term in _by_name().items()}
    found = (names.get(each) for each in (asked, asked.removesuffix("s"), asked.removesuffix("es")))
    return next(filter(None, found), None)


def uses(text: str) -> Iterator[Use]:
    """Yield the first use of each word in a text of ours; what is quoted in it, or is code, uses none."""
    seen = set[str]()
    for found in _pattern().finditer(_without_quotes(text)):
        term = _by_name()[found[1]]
        if term.word not in seen:
            seen.add(term.word)
            yield Use(*found.span(), term)


def _without_quotes(text: str) -> str:
    """Return the text with blanks for code and for what a build or a container said."""
    plain = _CODE.sub(lambda code: " " * len(code[0]), text)
    lines = plain.split("\n")
    return "\n".join(" " * len(line) if line.startswith(FENCE) else line for line in lines)


@cache
def _by_name() -> dict[str, Term]:
    """Return the entries by each spelling, also as the first word of a sentence; `PORT` is a student's own name."""
    names = {name: term for term in terms() for name in (term.word, *term.others)}
    return {f"{name[0].upper()}{name[1:]}": term for name, term in names.items()} | names


@cache
def _pattern() -> re.Pattern[str]:
    """Match a name as a word of its own, the longest first; neither a part of a path nor of an option."""
    names = "|".join(re.escape(name) for name in sorted(_by_name(), key=len, reverse=True))
    return re.compile(rf"(?<![\w./:=@$-])({names})(?:s|es)?(?![\w/=@-]|[.:]\w)")

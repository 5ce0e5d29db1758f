"""Parse a word of a Dockerfile into literal text and references to variables."""

import re
from dataclasses import dataclass
from functools import lru_cache

MAX_NESTING = 32  # levels of `${A:-${B:-...}}`; deeper nesting is an attack on the stack


class ExpansionError(Exception):
    """The text cannot be expanded: Docker would refuse it, or it exceeds a limit that the message names."""


@dataclass(frozen=True, slots=True)
class Text:
    """Literal text; `quoted` text is never split at its spaces."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """`$name` or `${name...}`; `operator` is empty or one of `-` `:-` `+` `:+` `?` `:?` `#` `%` `/`."""

    name: str
    operator: str = ""
    operand: "tuple[Part, ...]" = ()
    replacement: "tuple[Part, ...]" = ()
    everywhere: bool = False
    quoted: bool = False


Part = Text | Reference

_NAME = re.compile(r"\d+|[@*#?\-$!]|[^\W\d]\w*")
_OPERATORS = frozenset("+-?#%")


def parse(text: str, escape: str) -> tuple[Part, ...]:
    """Parse a word. Raises ExpansionError for an open quote, an open brace or an unknown modifier."""
    return _Parser(text, escape).parts("", depth=0)


def parse_raw(text: str, escape: str) -> tuple[Part, ...]:
    """Parse a document, in which quotes are plain text, unlike escapes. Raises ExpansionError as `parse` does."""
    return _Parser(text, escape).document()


@lru_cache
def _plain(escape: str, stop: str) -> re.Pattern[str]:
    return re.compile(f"[^$'\"{re.escape(escape)}{re.escape(stop)}]+")


@lru_cache
def _plain_in_quotes(escape: str) -> re.Pattern[str]:
    return re.compile(f'[^$"{re.escape(escape)}]+')


@lru_cache
def _escaped(escape: str) -> re.Pattern[str]:
    return re.compile(f"{re.escape(escape)}(.)", re.DOTALL)


class _Parser:
    """A parser in one pass from left to right; `at` is the index of the next character."""

    def __init__(self, text: str, escape: str) -> None:
        self.text = text
        self.escape = escape
        self.at = 0

    def document(self) -> tuple[Part, ...]:
        """Parse everything; an escape leaves the next character as it is, a line break too."""
        found: list[Part] = []
        while self.at < len(self.text):
            if self.text[self.at] == "$":
                found.append(self._reference(0, quoted=True))
                continue
            end = self.at
            while end < len(self.text) and self.text[end] != "$":
                end += 2 if self.text[end] == self.escape else 1
            found.append(Text(_escaped(self.escape).sub(r"\1", self.text[self.at : end]), quoted=True))
            self.at = end
        return tuple(found)

    def parts(self, stop: str, *, depth: int, raw: bool = False) -> tuple[Part, ...]:
        """Parse up to `stop`, or to the end if `stop` is empty; `raw` keeps escapes, which patterns need."""
        if depth > MAX_NESTING:
            raise ExpansionError(f"variables are nested more than {MAX_NESTING} deep")
        found: list[Part] = []
        while self.at < len(self.text):
            if self.text[self.at] == stop:
                self.at += 1
                return tuple(found)
            found += self._next(stop, depth, raw=raw)
        if stop:
            raise ExpansionError(f"a variable reference is not closed: `{stop}` is missing")
        return tuple(found)

    def _next(self, stop: str, depth: int, *, raw: bool) -> list[Part]:
        match self.text[self.at]:
            case "'":
                return [self._single_quoted()]
            case '"':
                return self._double_quoted(depth)
            case "$":
                return [self._reference(depth, quoted=False)]
            case self.escape:
                return [self._escaped(raw=raw)]
        run = _plain(self.escape, stop).match(self.text, self.at)
        assert run is not None
        self.at = run.end()
        return [Text(run.group())]

    def _escaped(self, *, raw: bool) -> Text:
        pair = self.text[self.at : self.at + 2]
        self.at += 2
        return Text(pair if raw else pair[1:], quoted=True)

    def _single_quoted(self) -> Text:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise ExpansionError("a single quote is not closed")
        quoted = Text(self.text[self.at + 1 : end], quoted=True)
        self.at = end + 1
        return quoted

    def _double_quoted(self, depth: int) -> list[Part]:
        self.at += 1
        found: list[Part] = [Text("", quoted=True)]
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == '"':
                self.at += 1
                return found
            if char == "$":
                found.append(self._reference(depth, quoted=True))
            elif char == self.escape:
                found.append(self._escaped_in_quotes())
            elif run := _plain_in_quotes(self.escape).match(self.text, self.at):
                found.append(Text(run.group(), quoted=True))
                self.at = run.end()
        raise ExpansionError("a double quote is not closed")

    def _escaped_in_quotes(self) -> Text:
        """Parse an escape, which escapes only a quote, a dollar sign or itself; else it is literal text."""
        following = self.text[self.at + 1 : self.at + 2]
        if following and following in {'"', "$", self.escape}:
            self.at += 2
            return Text(following, quoted=True)
        self.at += 1
        return Text(self.escape, quoted=True)

    def _reference(self, depth: int, *, quoted: bool) -> Part:
        self.at += 1
        if self.text[self.at : self.at + 1] == "{":
            self.at += 1
            return self._braced(depth + 1, quoted=quoted)
        name = self._name()
        return Reference(name, quoted=quoted) if name else Text("$", quoted)

    def _name(self) -> str:
        match = _NAME.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match.group()

    def _braced(self, depth: int, *, quoted: bool) -> Reference:
        if self.text[self.at : self.at + 1] in {"", "{", "}", ":"}:
            raise ExpansionError("bad substitution: a name is expected after `${`")
        name, operator = self._name(), self._take()
        if operator == "}":
            return Reference(name, quoted=quoted)
        if operator == "/":
            return self._replacement(name, depth, quoted=quoted)
        modifier = self._take() if operator == ":" else operator
        if modifier not in _OPERATORS:
            raise ExpansionError(f"unsupported modifier `{operator}` in `${{{name}...}}`")
        operator = operator if operator == modifier else operator + modifier
        operand = self.parts("}", depth=depth, raw=modifier in {"#", "%"})
        return Reference(name, operator, operand, quoted=quoted)

    def _take(self) -> str:
        char = self.text[self.at : self.at + 1]
        self.at += 1
        return char

    def _replacement(self, name: str, depth: int, *, quoted: bool) -> Reference:
        everywhere = self.text[self.at : self.at + 1] == "/"
        self.at += everywhere
        pattern = self.parts("/", depth=depth, raw=True)
        replacement = self.parts("}", depth=depth, raw=True)
        return Reference(name, "/", pattern, replacement, everywhere=everywhere, quoted=quoted)

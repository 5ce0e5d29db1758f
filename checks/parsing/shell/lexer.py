"""The lexer of shell words: quotes, expansions and escapes, each in one pass.

It reads bash, a superset of POSIX shell except for `[[`, `<(`, `&>` and `$'..'`: to dash, these mean
something else or nothing.
"""

import re

from checks.parsing.shell.allowance import Allowance
from checks.parsing.shell.cursor import Builder, Cursor
from checks.parsing.shell.nodes import Script, Substitution
from checks.parsing.shell.words import Source, Word

_BARE = re.compile(r"[^ \t\n;&|()<>'\"\\$`]+")
_DOUBLE = re.compile(r'[^"\\$`]+')
_BRACED = re.compile(r"[^'\"\\$`}]+")
_BACKTICKS = re.compile(r"`((?:[^`\\]++|\\.)*+)`", re.DOTALL)
_ANSI_C = re.compile(r"\$'((?:[^'\\]++|\\.)*+)'", re.DOTALL)
_PARAMETER = re.compile(r"\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|([0-7]{1,3})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}


class Lexer(Cursor):
    """Read words; `found` collects the substitutions in them."""

    def __init__(self, source: Source, allowance: Allowance) -> None:
        super().__init__(source, allowance)
        self.found: list[Substitution] = []

    def nested(self, closer: str) -> Script:
        """Parse the script up to its closer, without consuming the closer; `Grammar` implements this."""
        raise NotImplementedError

    def sibling(self, source: Source) -> Script:
        """Parse all of another source as a script; `Grammar` implements this."""
        raise NotImplementedError

    def word(self) -> Word | None:
        """Read the word that begins here; None at an operator, a line break or the end."""
        start, builder = self.pos, Builder()
        while self.pos < len(self.text) and self._piece(builder):
            pass
        return builder.word() if self.pos > start else None

    def _piece(self, builder: Builder) -> bool:
        self.count()
        if match := _BARE.match(self.text, self.pos):
            builder.add(match[0], self.line(self.pos))
            self.pos = match.end()
            return True
        if self.at("<(") or self.at(">("):
            self._substitution(builder, quoted=False)
            return True
        reader = {"'": self._single, '"': self._double, "\\": self._escaped}.get(self.text[self.pos])
        if reader:
            reader(builder)
        elif self.text[self.pos] in "$`":
            self._expansion(builder, quoted=False)
        else:
            return False
        return True

    def _single(self, builder: Builder) -> None:
        end = self.text.find("'", self.pos + 1)
        if end < 0:
            raise self.fail("a single quote is never closed")
        builder.add(self.text[self.pos + 1 : end], self.line(self.pos), quoted=True)
        self.pos = end + 1

    def _double(self, builder: Builder) -> None:
        start = self.pos
        self.pos += 1
        builder.add("", self.line(start), quoted=True)
        while not self.at('"'):
            if self.pos >= len(self.text):
                raise self.fail("a double quote is never closed", start)
            self.count()
            if match := _DOUBLE.match(self.text, self.pos):
                builder.add(match[0], self.line(self.pos), quoted=True)
                self.pos = match.end()
            elif self.at("\\"):
                self._escaped(builder, special='$`"\\')
            else:
                self._expansion(builder, quoted=True)
        self.pos += 1

    def _escaped(self, builder: Builder, special: str = "") -> None:
        """Read a backslash and the next character; in double quotes it escapes only the `special` ones."""
        follower = self.text[self.pos + 1 : self.pos + 2]
        if follower == "\n":
            builder.continue_line()
        else:
            kept = "\\" if not follower or (special and follower not in special) else ""
            builder.add(kept + follower, self.line(self.pos), quoted=True)
        self.pos += 1 + len(follower)

    def _expansion(self, builder: Builder, *, quoted: bool) -> None:
        if self.at("`"):
            self._backticks(builder, quoted=quoted)
        elif self.at("$(("):
            self._arithmetic(builder, quoted=quoted)
        elif self.at("$("):
            self._substitution(builder, quoted=quoted)
        elif self.at("${"):
            self._braced(builder, quoted=quoted)
        elif not quoted and self.at('$"'):
            self.pos += 1
        elif not quoted and self.at("$'"):
            self._ansi_c(builder)
        else:
            match = _PARAMETER.match(self.text, self.pos)
            self._take(builder, match.end() if match else self.pos + 1, quoted=quoted, expands=bool(match))

    def _ansi_c(self, builder: Builder) -> None:
        match = _ANSI_C.match(self.text, self.pos)
        if not match:
            raise self.fail("a `$'` quote is never closed")
        builder.add(_ESCAPE.sub(_character, match[1]), self.line(self.pos), quoted=True)
        self.pos = match.end()

    def _take(self, builder: Builder, end: int, *, quoted: bool, expands: bool = True) -> None:
        builder.add(self.text[self.pos : end], self.line(self.pos), quoted=quoted, expands=expands)
        self.pos = end

    def _substitution(self, builder: Builder, *, quoted: bool) -> None:
        start = self.pos
        self.pos += 2
        with self.deeper():
            script = self.nested(")")
        if not self.at(")"):
            raise self.fail(f"`{self.text[start : start + 2]}` is never closed", start)
        self.found.append(Substitution(script))
        end, self.pos = self.pos + 1, start
        self._take(builder, end, quoted=quoted)

    def _backticks(self, builder: Builder, *, quoted: bool) -> None:
        match = _BACKTICKS.match(self.text, self.pos)
        if not match:
            raise self.fail("a backtick is never closed")
        inner = re.sub(r'\\([`$\\"])' if quoted else r"\\([`$\\])", r"\1", match[1])
        with self.deeper():
            script = self.sibling(self.source.nested(inner, self.pos + 1, self.depth))
        self.found.append(Substitution(script))
        self._take(builder, match.end(), quoted=quoted)

    def _arithmetic(self, builder: Builder, *, quoted: bool) -> None:
        end = self.arithmetic_end(self.pos + 1)
        if end:
            self._take(builder, end, quoted=quoted)
        else:
            self._substitution(builder, quoted=quoted)

    def _braced(self, builder: Builder, *, quoted: bool) -> None:
        """Read `${...}` and keep it as written; scripts inside are defaults, which may never run."""
        start, before = self.pos, len(self.found)
        self.pos += 2
        with self.deeper():
            while not self.at("}"):
                self._in_braces(start, quoted=quoted)
        self.found[before:] = [Substitution(found.script, always=False) for found in self.found[before:]]
        end, self.pos = self.pos + 1, start
        self._take(builder, end, quoted=quoted)

    def _in_braces(self, start: int, *, quoted: bool) -> None:
        if self.pos >= len(self.text):
            raise self.fail("`${` is never closed", start)
        self.count()
        if match := _BRACED.match(self.text, self.pos):
            self.pos = match.end()
        elif self.at("\\") or (quoted and self.at("'")):
            self.pos += 2 if self.at("\\") else 1
        elif self.text[self.pos] in "$`":
            self._expansion(Builder(), quoted=quoted)
        else:
            (self._single if self.at("'") else self._double)(Builder())


def _character(match: re.Match[str]) -> str:
    if code := match[1] or match[2]:
        return chr(int(code, 16)).encode(errors="replace").decode()  # a lone surrogate cannot be printed
    return chr(int(match[3], 8) % 256) if match[3] else _LETTERS.get(match[4], match[4])

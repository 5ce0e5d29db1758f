"""Parser of simple commands: words, assignments, redirects with their heredocs, `[[ ]]` and `(( ))`."""

import re

from checks.parsing.shell.allowance import Allowance
from checks.parsing.shell.lexer import Lexer
from checks.parsing.shell.nodes import Compound, Node, Redirect, Simple
from checks.parsing.shell.words import Part, Source, Word
from checks.parsing.text.problems import ParseError

FUNCTION = re.compile(r"[ \t]*\([ \t]*\)")
TEST = re.compile(r"\[\[(?=[ \t\n])")

_REDIRECT = re.compile(r"(\d*)(<<<|<<-|<<|<>|<&|<(?!\()|>>|>&|>\||>(?!\()|&>>|&>)")


class Simples(Lexer):
    """Parse simple commands, and line breaks with the heredoc bodies after them."""

    def __init__(self, source: Source, allowance: Allowance) -> None:
        super().__init__(source, allowance)
        self._heredocs: list[tuple[list[Redirect], int]] = []  # redirects whose bodies follow the line

    def definition(self, start: int, name: str) -> Compound:
        """Parse a function definition after its name; `Compounds` implements this."""
        raise NotImplementedError

    def _skip_lines(self) -> None:
        self.skip_blanks()
        while self.at("\n"):
            self._line_break()
            self.skip_blanks()

    def _line_break(self) -> None:
        """Consume the end of the line and the bodies of the heredocs that the line began."""
        self.count()
        self.pos += 1
        for redirects, index in self._heredocs:
            redirects[index] = self._heredoc(redirects[index])
        self._heredocs.clear()

    def _heredoc(self, redirect: Redirect) -> Redirect:
        """Read the body up to the delimiter's line; without one up to the end, where shells only warn."""
        lines: list[str] = []
        number = self.line(min(self.pos, len(self.text)))
        strip = redirect.operator == "<<-"
        while self.pos < len(self.text):
            end = self.text.find("\n", self.pos)
            line = self.text[self.pos : end if end >= 0 else len(self.text)]
            line = line.lstrip("\t") if strip else line
            self.pos = end + 1 if end >= 0 else len(self.text)
            if line == redirect.target:
                break
            lines.append(line + "\n")
        return Redirect(
            redirect.operator, redirect.target, redirect.fd, "".join(lines), redirect.quoted, number
        )

    def _test(self) -> Simple:
        """Read `[[ ... ]]`, which has its own operators."""
        start, words = self.pos, list[Word]()
        while not words or words[-1].text != "]]":
            if self.pos >= len(self.text):
                raise self.fail("`[[` is never closed", start)
            self.count()
            word = self.word()
            words.append(word or _word(self.text[self.pos], self.line(self.pos)))
            self.pos += not word
            self._skip_lines()
        return self._finished(start, words, [], [])

    def _simple(self) -> Node:
        start = self.pos
        words: list[Word] = []
        settings: list[tuple[str, Word]] = []
        redirects: list[Redirect] = []
        while True:
            end = self.pos
            self.skip_blanks()
            if self._redirect(redirects):
                continue
            word = self.word()
            if not word:
                break
            setting = None if words else word.assignment()
            if setting:
                settings.append(self._array(setting))
            else:
                words.append(word)
            if len(words) == 1 and not (settings or redirects) and FUNCTION.match(self.text, self.pos):
                return self.definition(start, words[0].text)
        if not (words or settings or redirects):
            raise self._unexpected()
        return self._finished(start, words, settings, redirects, end)

    def _unexpected(self) -> ParseError:
        here = self.text[self.pos : self.pos + 2]
        if not here:
            return self.fail("a command is missing at the end")
        return self.fail(f"a command is missing before `{here.strip() or 'the end of the line'}`")

    def _finished(
        self,
        start: int,
        words: list[Word],
        settings: list[tuple[str, Word]],
        redirects: list[Redirect],
        end: int = 0,
    ) -> Simple:
        raw = self.text[start : end or self.pos].rstrip(" \t\n")
        return Simple(tuple(words), tuple(settings), redirects, tuple(self.found), raw, self.line(start))

    def _array(self, setting: tuple[str, Word]) -> tuple[str, Word]:
        """Skip the list of `NAME=(a b)`; the value of the array is unknown."""
        start = self.pos
        if setting[1].parts or not self.at("("):
            return setting
        self.pos += 1
        self._skip_lines()
        while self.word():
            self._skip_lines()
        if not self.at(")"):
            raise self.fail("`(` is never followed by its `)`", start)
        self.pos += 1
        part = Part(self.text[start : self.pos], quoted=False, expands=True, line=self.line(start))
        return setting[0], Word.of((part,))

    def _redirect(self, redirects: list[Redirect]) -> bool:
        """Read one redirect, if there is one here; return whether there was."""
        match = _REDIRECT.match(self.text, self.pos)
        if not match:
            return False
        self.pos = match.end()
        self.skip_blanks()
        target = self.word()
        if not target:
            raise self.fail(f"`{match[0]}` needs a target after it", match.start())
        fd = int(match[1][:9]) if match[1] else None
        redirects.append(Redirect(match[2], target.text, fd, quoted=target.quoted))
        if match[2] in {"<<", "<<-"}:
            self._heredocs.append((redirects, len(redirects) - 1))
        return True

    def _arithmetic_command(self, end: int) -> Simple:
        start, self.pos = self.pos, end
        raw = self.text[start:end]
        words = (_word("((", self.line(start)), _word(raw[2:-2], self.line(start)))
        return Simple(words, (), [], (), raw, self.line(start))


def _word(text: str, line: int) -> Word:
    return Word.of((Part(text, quoted=False, expands=False, line=line),))

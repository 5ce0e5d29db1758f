"""The grammar of shell, by recursive descent: a source becomes a `Script`.

Stricter than a scanner on purpose: what a shell refuses (`&&` with nothing after it, an `if` without its
`fi`) is a `ParseError` with its line, because the build would stop there.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from checks.parsing.errors import ParseError
from checks.parsing.shell.lexer import Lexer
from checks.parsing.shell.nodes import AndOr, Body, Compound, Kind, Node, Pipeline, Redirect, Script, Simple
from checks.parsing.shell.source import Source
from checks.parsing.shell.words import Part, Word

MAX_COMMANDS = 20_000  # simple commands in one script, substitutions included

_KEYWORD = re.compile(
    r"(?:if|then|elif|else|fi|while|until|for|select|do|done|case|esac|function|time(?=[ \t]+[({])|[{}!])"
    r"(?=[ \t\n;&|()<>]|\\\n|\Z)"
)
_CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})
_REDIRECT = re.compile(r"(\d*)(<<<|<<-|<<|<>|<&|<(?!\()|>>|>&|>\||>(?!\()|&>>|&>)")
_FUNCTION = re.compile(r"[ \t]*\([ \t]*\)")
_BRANCH_END = re.compile(r";;&|;;|;&")
_TEST = re.compile(r"\[\[(?=[ \t\n])")


class Grammar(Lexer):
    """One pass over one source."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._heredocs: list[tuple[list[Redirect], int]] = []  # redirects whose bodies follow the line
        self._simples = 0
        self._compounds: dict[str, Callable[[], Compound]] = {
            "if": self._if, "while": self._loop, "until": self._loop, "for": self._for, "select": self._for,
            "case": self._case, "{": self._group, "function": self._function,
        }  # fmt: skip

    def whole(self) -> Script:
        """Everything to the end of the source."""
        script = self._script(frozenset())
        if self.pos < len(self.text):
            raise self.fail(f"`{self.text[self.pos]}` closes nothing")
        return script

    def nested(self, closer: str) -> Script:
        found, self.found = self.found, []
        script = self._script(frozenset({closer}))
        self.found = found
        return script

    def sibling(self, source: Source) -> Script:
        return Grammar(source).whole()

    def _keyword(self) -> str:
        match = _KEYWORD.match(self.text, self.pos)
        return match[0] if match else ""

    def _script(self, closers: frozenset[str]) -> Script:
        lists: list[tuple[str, AndOr]] = []
        operator = ""
        while True:
            self._skip_lines()
            if self.pos >= len(self.text) or self.at(")") or self.at(";;") or self.at(";&"):
                break
            if (keyword := self._keyword()) in _CLOSERS:
                if keyword in closers:
                    break
                raise self.fail(f"`{keyword}` does not belong here")
            item, operator_after = self._and_or()
            lists.append((operator, item))
            operator = operator_after
            if not operator and self.at("("):
                raise self.fail("`(` cannot follow a command")
        return Script(tuple(lists))

    def _skip_lines(self) -> None:
        self.skip_blanks()
        while self.at("\n"):
            self._line_break()
            self.skip_blanks()

    def _line_break(self) -> None:
        """Steps over the end of the line, and over the heredocs that it began."""
        self.pos += 1
        for redirects, index in self._heredocs:
            redirects[index] = self._heredoc(redirects[index])
        self._heredocs.clear()

    def _heredoc(self, redirect: Redirect) -> Redirect:
        """The body up to the delimiter's line, or to the end as shells do with a warning."""
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

    def _and_or(self) -> tuple[AndOr, str]:
        pipelines = [("", self._pipeline())]
        while self.at("&&") or self.at("||"):
            operator = self.text[self.pos : self.pos + 2]
            at = self.pos
            self.pos += 2
            self._skip_lines()
            if self.pos >= len(self.text):
                raise self.fail(f"nothing follows `{operator}`", at)
            pipelines.append((operator, self._pipeline()))
        separator = "" if self.at(";;") or self.at(";&") else self.text[self.pos : self.pos + 1]
        separator = separator if separator in {";", "&", "\n"} else ""
        self.pos += separator in {";", "&"}
        return AndOr(tuple(pipelines), background=separator == "&"), separator

    def _pipeline(self) -> Pipeline:
        negated = False
        while (keyword := self._keyword()) in {"!", "time"}:
            negated ^= keyword == "!"
            self.pos += len(keyword)
            self.skip_blanks()
        elements = [("", self._command())]
        while self.at("|") and not self.at("||"):
            operator = "|&" if self.at("|&") else "|"
            self.pos += len(operator)
            self._skip_lines()
            elements.append((operator, self._command()))
        return Pipeline(tuple(elements), negated)

    def _command(self) -> Node:
        found, self.found = self.found, []
        node = self._node()
        self.found = found
        self.skip_blanks()
        return node

    def _node(self) -> Node:
        if self.at("((") and (end := self.arithmetic_end(self.pos)):
            return self._arithmetic_command(end)
        if self.at("("):
            return self._compound(self._subshell)
        if compound := self._compounds.get(self._keyword()):
            return self._compound(compound)
        if _TEST.match(self.text, self.pos):
            return self._test()
        return self._simple()

    def _arithmetic_command(self, end: int) -> Simple:
        start, self.pos = self.pos, end
        raw = self.text[start:end]
        words = (_word("((", self.line(start)), _word(raw[2:-2], self.line(start)))
        return Simple(words, (), [], (), raw, self.line(start))

    def _compound(self, read: Callable[[], Compound]) -> Compound:
        """A compound command and the redirects after it."""
        with self.deeper():
            node = read()
        self.skip_blanks()
        while self._redirect(node.redirects):
            self.skip_blanks()
        return replace(node, substitutions=tuple(self.found))

    def _subshell(self) -> Compound:
        start = self.pos
        self.pos += 1
        script = self.nested(")")
        self._expect(")", "(", start)
        return self._made("subshell", start, Body(script))

    def _group(self) -> Compound:
        start = self.pos
        self._step("{")
        script = self._body("}")
        self._expect("}", "{", start)
        return self._made("group", start, Body(script))

    def _if(self) -> Compound:
        start, bodies = self.pos, list[Body]()
        while self._keyword() in {"if", "elif"}:
            self._step(self._keyword())
            bodies.append(Body(self._body("then"), condition=True))
            self._expect("then", "if", start)
            bodies.append(Body(self._body("elif", "else", "fi")))
        if self._keyword() == "else":
            self._step("else")
            bodies.append(Body(self._body("fi")))
        self._expect("fi", "if", start)
        return self._made("if", start, *bodies)

    def _loop(self) -> Compound:
        start, kind = self.pos, self._keyword()
        self._step(kind)
        condition = Body(self._body("do"), condition=True)
        body = self._do(kind, start)
        return self._made("while" if kind == "while" else "until", start, condition, body)

    def _do(self, opener: str, start: int) -> Body:
        self._expect("do", opener, start)
        script = self._body("done")
        self._expect("done", opener, start)
        return Body(script)

    def _for(self) -> Compound:
        start, opener = self.pos, self._keyword()
        self._step(opener)
        items: list[Word] | None = None
        if self.at("((") and (end := self.arithmetic_end(self.pos)):
            name, self.pos, items = "", end, []
        else:
            name = self._name(opener)
            self._skip_lines()
            if self.at("in"):
                self.pos += 2
                items = self._words()
        self.skip_blanks()
        if self.at(";"):
            self.pos += 1
        self._skip_lines()
        body = self._do(opener, start)
        node = self._made("for", start, body)
        return replace(node, variable=name, items=None if items is None else tuple(items))

    def _case(self) -> Compound:
        start = self.pos
        self._step("case")
        self._name("case")
        self._skip_lines()
        self._expect("in", "case", start)
        bodies = []
        self._skip_lines()
        while self._keyword() != "esac":
            bodies.append(self._branch(start))
            self._skip_lines()
        self._expect("esac", "case", start)
        return self._made("case", start, *bodies)

    def _branch(self, start: int) -> Body:
        """One `a | b) commands ;;` of a case."""
        if self.at("("):
            self.pos += 1
        while not self.at(")"):
            self.skip_blanks()
            if not self.word() and not self.at("|"):
                raise self.fail("`case` has a branch without its `)`", start)
            self.skip_blanks()
            if self.at("|"):
                self.pos += 1
        self.pos += 1
        script = self._body("esac")
        if match := _BRANCH_END.match(self.text, self.pos):
            self.pos = match.end()
        return Body(script)

    def _function(self) -> Compound:
        start = self.pos
        self._step("function")
        self._name("function")
        return self._definition(start)

    def _definition(self, start: int) -> Compound:
        """What follows the name of a function; it is not run here."""
        if match := _FUNCTION.match(self.text, self.pos):
            self.pos = match.end()
        self._skip_lines()
        with self.deeper():
            body = self._command()
        script = Script((("", AndOr((("", Pipeline((("", body),), negated=False)),), background=False)),))
        return self._made("function", start, Body(script))

    def _made(self, kind: Kind, start: int, *bodies: Body) -> Compound:
        return Compound(kind, bodies, self.line(start), self.pos - start + 1)

    def _body(self, *closers: str) -> Script:
        found, self.found = self.found, []
        script = self._script(frozenset(closers))
        self.found = found
        return script

    def _step(self, keyword: str) -> None:
        self.pos += len(keyword)
        self.skip_blanks()

    def _expect(self, keyword: str, opener: str, start: int) -> None:
        if not (self.at(keyword) if keyword in {")", "in"} else self._keyword() == keyword):
            raise self.fail(f"`{opener}` is never followed by its `{keyword}`", start)
        self._step(keyword)

    def _name(self, opener: str) -> str:
        word = self.word()
        if not word:
            raise self.fail(f"`{opener}` needs a name after it")
        self.skip_blanks()
        return word.text

    def _words(self) -> list[Word]:
        words = []
        self.skip_blanks()
        while word := self.word():
            words.append(word)
            self.skip_blanks()
        return words

    def _test(self) -> Simple:
        """`[[ ... ]]`, whose operators are its own."""
        start, words = self.pos, list[Word]()
        while not words or words[-1].text != "]]":
            if self.pos >= len(self.text):
                raise self.fail("`[[` is never closed", start)
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
            if len(words) == 1 and not (settings or redirects) and _FUNCTION.match(self.text, self.pos):
                return self._definition(start)
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
        self._simples += 1
        if self._simples > MAX_COMMANDS:
            raise self.fail(f"a script of more than {MAX_COMMANDS} commands is not read", start)
        raw = self.text[start : end or self.pos].rstrip(" \t\n")
        return Simple(tuple(words), tuple(settings), redirects, tuple(self.found), raw, self.line(start))

    def _array(self, setting: tuple[str, Word]) -> tuple[str, Word]:
        """`NAME=(a b)`: stepped over; its value is one that cannot be known."""
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
        """Reads one redirect, if one is here."""
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


def _word(text: str, line: int) -> Word:
    return Word.of((Part(text, quoted=False, expands=False, line=line),))

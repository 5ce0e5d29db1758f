"""Parser of compound commands: brackets, conditions, loops, `case` and functions."""

import re
from collections.abc import Callable
from dataclasses import replace

from checks.parsing.shell.allowance import Allowance
from checks.parsing.shell.nodes import AndOr, Body, Compound, Kind, Node, Pipeline, Script
from checks.parsing.shell.simples import FUNCTION, Simples
from checks.parsing.shell.words import Source, Word

_KEYWORD = re.compile(
    r"(?:if|then|elif|else|fi|while|until|for|select|do|done|case|esac|function|time(?=[ \t]+[({])|[{}!])"
    r"(?=[ \t\n;&|()<>]|\\\n|\Z)"
)
_BRANCH_END = re.compile(r";;&|;;|;&")


class Compounds(Simples):
    """Parse compound commands; `Grammar` parses the lists inside them."""

    def __init__(self, source: Source, allowance: Allowance) -> None:
        super().__init__(source, allowance)
        self._compounds: dict[str, Callable[[], Compound]] = {
            "if": self._if, "while": self._loop, "until": self._loop, "for": self._for, "select": self._for,
            "case": self._case, "{": self._group, "function": self._function,
        }  # fmt: skip

    def script(self, closers: frozenset[str]) -> Script:
        """Parse lists up to one of the closers, a bracket or the end; `Grammar` implements this."""
        raise NotImplementedError

    def command(self) -> Node:
        """Parse one command of any kind; `Grammar` implements this."""
        raise NotImplementedError

    def _keyword(self) -> str:
        match = _KEYWORD.match(self.text, self.pos)
        return match[0] if match else ""

    def _compound(self, read: Callable[[], Compound]) -> Compound:
        """Parse a compound command and the redirects after it."""
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
        """Parse one `a | b) commands ;;` of a `case`."""
        if self.at("("):
            self.pos += 1
        while not self.at(")"):
            self.count()
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
        name = self._name("function")
        return self.definition(start, name)

    def definition(self, start: int, name: str) -> Compound:
        """Parse a function definition after its name; the body does not run here."""
        if match := FUNCTION.match(self.text, self.pos):
            self.pos = match.end()
        self._skip_lines()
        with self.deeper():
            body = self.command()
        script = Script((("", AndOr((("", Pipeline((("", body),), negated=False)),), background=False)),))
        return replace(self._made("function", start, Body(script)), variable=name)

    def _made(self, kind: Kind, start: int, *bodies: Body) -> Compound:
        return Compound(kind, bodies, self.line(start), self.pos - start + 1)

    def _body(self, *closers: str) -> Script:
        found, self.found = self.found, []
        script = self.script(frozenset(closers))
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

"""A recursive-descent parser of shell: it parses a source into a `Script`.

It is deliberately stricter than a scanner: for syntax that a shell refuses (`&&` with nothing after it, an `if`
without its `fi`) it raises ParseError with the line, because the build would stop there.
"""

from checks.parsing.shell.compounds import Compounds
from checks.parsing.shell.nodes import AndOr, Node, Pipeline, Script
from checks.parsing.shell.simples import TEST
from checks.parsing.shell.words import Source

_CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})


class Grammar(Compounds):
    """Parse the lists and pipelines of one source in one pass."""

    def whole(self) -> Script:
        """Parse everything up to the end of the source."""
        script = self.script(frozenset())
        if self.pos < len(self.text):
            raise self.fail(f"`{self.text[self.pos]}` closes nothing")
        return script

    def nested(self, closer: str) -> Script:
        found, self.found = self.found, []
        script = self.script(frozenset({closer}))
        self.found = found
        return script

    def sibling(self, source: Source) -> Script:
        return Grammar(source, self.allowance).whole()

    def script(self, closers: frozenset[str]) -> Script:
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
            self.count()
            negated ^= keyword == "!"
            self.pos += len(keyword)
            self.skip_blanks()
        elements = [("", self.command())]
        while self.at("|") and not self.at("||"):
            operator = "|&" if self.at("|&") else "|"
            self.pos += len(operator)
            self._skip_lines()
            elements.append((operator, self.command()))
        return Pipeline(tuple(elements), negated)

    def command(self) -> Node:
        self.count()
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
        if TEST.match(self.text, self.pos):
            return self._test()
        return self._simple()

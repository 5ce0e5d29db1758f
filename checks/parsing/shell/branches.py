"""The walk through compound commands: which of their parts are reached, and how often.

It also converts a node into a `Command`, the script of a nested shell, or the words of a loop.
"""

from dataclasses import replace

from checks.parsing.shell.allowance import Allowance
from checks.parsing.shell.braces import braced
from checks.parsing.shell.command import Command
from checks.parsing.shell.functions import given
from checks.parsing.shell.nodes import Body, Compound, Script, Simple
from checks.parsing.shell.place import OK, OPEN, Ended, Place, branch
from checks.parsing.shell.process import Process, Reach
from checks.parsing.shell.words import Part, Source, Word
from checks.parsing.shell.wrappers import Peeled, ShellCall


def source_of(call: ShellCall, node: Simple, depth: int) -> Source | None:
    """Return the script that a nested shell runs; None if this script does not contain it."""
    if call.script is not None:
        pieces = [piece for word in call.script for piece in (*_pieces(word), (" ", node.line))]
        return Source.joined(pieces, depth)
    for redirect in reversed(node.redirects):
        if redirect.body is not None:
            return Source.joined([(redirect.body, redirect.body_line)], depth)
        if redirect.operator == "<<<":
            return Source.joined([(redirect.target, node.line)], depth)
    return None


def listed(node: Simple, peeled: Peeled, process: Process, place: Place) -> Command:
    """Return the `Command` that rules see for a simple command."""
    certain = place.certain and place.reach is not Reach.NO
    named = (*peeled.words, *(word for _, word in place.settings))
    return Command(
        words=peeled.words,
        raw=node.raw,
        line=node.line,
        operator=place.operator,
        settings=place.settings,
        exports=process.exports,
        redirects=(*node.redirects, *place.redirects),
        context=(*place.context, "xargs") if "xargs" in peeled.wrappers else place.context,
        wrappers=peeled.wrappers,
        variables=process.mentioned(named),
        errexit=process.errexit,
        braces=process.braces,
        runs=place.reach is Reach.YES or certain,
        certain=certain,
        fatal=place.fatal,
        allowance=process.allowance,
    )


def _pieces(word: Word) -> list[tuple[str, int]]:
    return [(part.text, part.line) for part in word.parts]


def items_of(word: Word, process: Process) -> list[Word]:
    """Return the loop words that one word expands to."""
    words = braced(word, process.allowance) if process.braces else [word]
    return [item for plain in words for item in _items(plain, process)]


def _items(word: Word, process: Process) -> list[Word]:
    resolved = process.resolve(word)
    if resolved is None:
        return [word]
    if word.literal or not resolved.literal:
        return [resolved]
    splits = any(part.expands and not part.quoted for part in word.parts)
    values = resolved.text.split() if splits else [resolved.text]
    return [Word.of((Part(value, quoted=True, expands=False, line=word.parts[0].line),)) for value in values]


class Branches:
    """The part of a walk that handles `if`, loops, `case`, brackets and function definitions."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance

    def script(self, script: Script, process: Process, place: Place) -> Ended:
        """Walk all lists of a script; `Walk` implements this."""
        raise NotImplementedError

    def _compound(self, node: Compound, process: Process, place: Place) -> Ended:
        if node.kind == "if":
            return self._if(node.bodies, process, place)
        if node.kind in {"while", "until"}:
            return self._while(node, process, place)
        if node.kind == "for":
            return self._for(node, process, place)
        if node.kind == "case":
            for body in node.bodies:
                self.script(body.script, process, place.maybe("case"))
            return OPEN
        return self._bracket(node, process, place)

    def _bracket(self, node: Compound, process: Process, place: Place) -> Ended:
        script = node.bodies[0].script
        if node.kind == "group":
            return self.script(script, process, place)
        inner = process.child(exit_fatal=place.fatal)
        if node.kind == "subshell":
            return self.script(script, inner, place.inside("subshell"))
        if place.reach is Reach.YES:
            process.functions[node.variable] = node
        self.script(script, inner, replace(place.maybe("function").unheeded(), reach=Reach.NO))
        return OK

    def _if(self, bodies: tuple[Body, ...], process: Process, place: Place) -> Ended:
        """Walk an `if`: the first condition always runs; a branch counts only if its condition is plain `true`."""
        asked, taken = place, place
        for body in bodies:
            if body.condition:
                ended = self.script(body.script, process, asked.inside("if").inside("condition").unheeded())
                taken = branch(asked, ended.certain)
                asked = branch(asked, ended.certain.negated)
            else:
                self.script(body.script, process, taken.inside("if"))
                taken = asked
        return OPEN

    def _while(self, node: Compound, process: Process, place: Place) -> Ended:
        condition, body = node.bodies
        asked = place.inside(node.kind).inside("condition").unheeded()
        status = self.script(condition.script, process, asked).certain
        taken = branch(place, status if node.kind == "while" else status.negated)
        self.script(body.script, process, replace(taken.inside(node.kind), fatal=False))
        process.broken = False
        return OPEN

    def _for(self, node: Compound, process: Process, place: Place) -> Ended:
        """Walk the body once per word; for a word with an expansion it may not run, as that may be empty."""
        body = node.bodies[0].script
        items = [item for word in given(node.items, process) for item in items_of(word, process)]
        if not items:
            self._iteration(body, node, None, process, place.maybe("for"))
        for index, item in enumerate(items):
            self._allowance.repeat(node.size if index else 0, node.line)
            here = replace(place.inside("for"), fatal=place.fatal and index == len(items) - 1)
            self._iteration(body, node, item, process, here if item.literal else place.maybe("for"))
        process.broken = False
        return OPEN

    def _iteration(
        self, body: Script, node: Compound, item: Word | None, process: Process, place: Place
    ) -> None:
        process.variables[node.variable] = None if item is None or item.globs else item
        self.script(body, process, place)

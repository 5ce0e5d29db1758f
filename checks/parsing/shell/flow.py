"""The walk over a script: lists its commands in the order in which they run, and says whether they do."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from checks.parsing.errors import ParseError
from checks.parsing.shell.builtins import QUESTIONS, apply, known
from checks.parsing.shell.command import Command
from checks.parsing.shell.grammar import MAX_COMMANDS, Grammar
from checks.parsing.shell.lexer import MAX_DEPTH
from checks.parsing.shell.nodes import (
    AndOr,
    Body,
    Compound,
    Node,
    Pipeline,
    Redirect,
    Script,
    Simple,
    Substitution,
)
from checks.parsing.shell.process import Process, Reach, Status
from checks.parsing.shell.source import Source
from checks.parsing.shell.words import Part, Word
from checks.parsing.shell.wrappers import Peeled, ShellCall, peel, shell_call

MAX_UNROLLED = 1_000_000  # characters of loop bodies that are read again for a loop's further words
MAX_EXPORTS = 200  # `export`s in one RUN


class Ended(NamedTuple):
    """How something ends: for certain, and when ordinary commands are taken to succeed."""

    certain: Status
    usual: Status


_OK = Ended(Status.OK, Status.OK)
_OPEN = Ended(Status.UNKNOWN, Status.OK)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the walk is: what is known about whatever stands here."""

    operator: str = ""
    reach: Reach = Reach.YES
    certain: bool = True
    fatal: bool = True
    shielded: bool = False  # `set -e` does not look here: a condition, or left of `&&`
    context: tuple[str, ...] = ()
    settings: tuple[tuple[str, Word], ...] = ()
    redirects: tuple[Redirect, ...] = ()

    def maybe(self, context: str) -> "Place":
        """A branch that may or may not be taken."""
        reach = min(self.reach, Reach.MAYBE)
        return replace(self, reach=reach, certain=False, context=(*self.context, context), operator="")

    def inside(self, context: str) -> "Place":
        return replace(self, context=(*self.context, context))

    def unheeded(self) -> "Place":
        """Here a failure changes nothing by itself."""
        return replace(self, fatal=False, shielded=True)


class Walk:
    """One walk over one RUN; `commands` is what it found."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self._unrolled = 0
        self._level = 0

    def script(self, script: Script, process: Process, place: Place) -> Ended:
        ended = _OK
        for index, (operator, item) in enumerate(script.lists):
            fatal = place.fatal and index == len(script.lists) - 1
            here = replace(place, fatal=fatal, operator=operator or place.operator)
            ended = self._and_or(item, process, here)
        return ended

    def _and_or(self, item: AndOr, process: Process, place: Place) -> Ended:
        if item.background:
            process = process.child(exit_fatal=False)
            place = replace(place.maybe("background").unheeded(), operator=place.operator)
        failing = _failing(item, process, fatal=place.fatal)
        ended = _OK
        for index, (operator, pipeline) in enumerate(item.pipelines):
            last = index == len(item.pipelines) - 1
            heeded = last and process.errexit and process.exit_fatal and not place.shielded
            here = replace(place, fatal=failing[index] or heeded, shielded=place.shielded or not last)
            if index:
                here = _after(here, operator, ended, sure=operator == "&&" and failing[index - 1])
            now = self._pipeline(pipeline, process, here)
            ended = Ended(*(a.then(operator, b) for a, b in zip(ended, now, strict=True))) if index else now
        return _OK if item.background else ended

    def _pipeline(self, pipeline: Pipeline, process: Process, place: Place) -> Ended:
        place = place.unheeded() if pipeline.negated else place
        if len(pipeline.elements) == 1:
            ended = self._node(pipeline.elements[0][1], process, place)
        else:
            ended = self._piped(pipeline, process, place.inside("pipe"))
        if not pipeline.negated:
            return ended
        return Ended(ended.certain.negated, ended.certain.negated)

    def _piped(self, pipeline: Pipeline, process: Process, place: Place) -> Ended:
        ended = _OK
        for operator, node in pipeline.elements:
            last = node is pipeline.elements[-1][1]
            fatal = place.fatal and (last or process.pipefail)
            here = replace(place, operator=operator or place.operator, fatal=fatal)
            ended = self._node(node, process.child(exit_fatal=fatal), here)
        return Ended(Status.UNKNOWN, ended.usual) if process.pipefail else ended

    def _node(self, node: Node, process: Process, place: Place) -> Ended:
        place = replace(
            place,
            reach=min(place.reach, process.reached),
            certain=place.certain and process.certainly_reached,
        )
        for substitution in node.substitutions:
            self._substitution(
                substitution, process, place, fatal=isinstance(node, Simple) and not node.words
            )
        if isinstance(node, Simple):
            return self._simple(node, process, place)
        with_redirects = replace(place, redirects=(*node.redirects, *place.redirects))
        self._deeper(node.line)
        ended = self._compound(node, process, with_redirects)
        self._level -= 1
        return ended

    def _deeper(self, line: int) -> None:
        self._level += 1
        if self._level > MAX_DEPTH:
            raise ParseError(f"shell code is nested deeper than {MAX_DEPTH} levels", line)

    def _substitution(self, found: Substitution, process: Process, place: Place, *, fatal: bool) -> None:
        """A bare `X=$(cmd)` fails with its command; any other command swallows the failure."""
        inner = place.inside("substitution") if found.always else place.maybe("substitution")
        inner = replace(inner if fatal else inner.unheeded(), operator="")
        self._level += 1
        self.script(found.script, process.child(exit_fatal=inner.fatal), inner)
        self._level -= 1

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
            return _OPEN
        return self._bracket(node, process, place)

    def _bracket(self, node: Compound, process: Process, place: Place) -> Ended:
        script = node.bodies[0].script
        if node.kind == "group":
            return self.script(script, process, place)
        inner = process.child(exit_fatal=place.fatal)
        if node.kind == "subshell":
            return self.script(script, inner, place.inside("subshell"))
        self.script(script, inner, replace(place.maybe("function").unheeded(), reach=Reach.NO))
        return _OK

    def _if(self, bodies: tuple[Body, ...], process: Process, place: Place) -> Ended:
        """The first condition is always asked; a branch counts only when its condition is plain `true`."""
        asked, taken = place, place
        for body in bodies:
            if body.condition:
                ended = self.script(body.script, process, asked.inside("if").inside("condition").unheeded())
                taken = _branch(asked, ended.certain)
                asked = _branch(asked, ended.certain.negated)
            else:
                self.script(body.script, process, taken.inside("if"))
                taken = asked
        return _OPEN

    def _while(self, node: Compound, process: Process, place: Place) -> Ended:
        condition, body = node.bodies
        asked = place.inside(node.kind).inside("condition").unheeded()
        status = self.script(condition.script, process, asked).certain
        taken = _branch(place, status if node.kind == "while" else status.negated)
        self.script(body.script, process, replace(taken.inside(node.kind), fatal=False))
        process.broken = False
        return _OPEN

    def _for(self, node: Compound, process: Process, place: Place) -> Ended:
        """The body once for each word; one that is expanded may stand for none."""
        body = node.bodies[0].script
        items = [item for word in node.items or () for item in _items(word, process)]
        if not items:
            self._iteration(body, node, None, process, place.maybe("for"))
        for index, item in enumerate(items):
            self._unrolled += node.size if index else 0
            if self._unrolled > MAX_UNROLLED:
                raise ParseError(f"loops repeat more than {MAX_UNROLLED} characters of shell code", node.line)
            here = replace(place.inside("for"), fatal=place.fatal and index == len(items) - 1)
            self._iteration(body, node, item, process, here if item.literal else place.maybe("for"))
        process.broken = False
        return _OPEN

    def _iteration(
        self, body: Script, node: Compound, item: Word | None, process: Process, place: Place
    ) -> None:
        process.variables[node.variable] = None if item is None or item.globs else item
        self.script(body, process, place)

    def _simple(self, node: Simple, process: Process, place: Place) -> Ended:
        peeled = peel(node.words)
        call = shell_call(peeled.words)
        settings = (*place.settings, *node.settings, *peeled.settings)
        if call and (source := self._source(call, node)):
            return self._nested(source, call, process, replace(place, settings=settings), node.line)
        command = _command(node, peeled, process, replace(place, settings=settings))
        self.commands.append(command)
        if len(self.commands) > MAX_COMMANDS:
            raise ParseError(f"more than {MAX_COMMANDS} commands are run", node.line)
        apply(command, process, place.reach)
        if len(process.exports) > MAX_EXPORTS:
            raise ParseError(f"more than {MAX_EXPORTS} variables are exported", node.line)
        if command.name in QUESTIONS:
            return Ended(Status.UNKNOWN, Status.UNKNOWN)
        status = known(command.argv)
        return Ended(status, Status.OK if status is Status.UNKNOWN else status)

    def _source(self, call: ShellCall, node: Simple) -> Source | None:
        """The text that a shell is given, when it is written here."""
        depth = self._level + 1
        if call.script is not None:
            pieces = [piece for word in call.script for piece in (*_pieces(word), (" ", node.line))]
            return Source.joined(pieces, depth)
        for redirect in reversed(node.redirects):
            if redirect.body is not None:
                return Source.joined([(redirect.body, redirect.body_line)], depth)
            if redirect.operator == "<<<":
                return Source.joined([(redirect.target, node.line)], depth)
        return None

    def _nested(self, source: Source, call: ShellCall, process: Process, place: Place, line: int) -> Ended:
        inner = process
        if not call.same_process:
            inner = process.child(exit_fatal=place.fatal)
            inner.errexit, inner.pipefail = "errexit" in call.options, "pipefail" in call.options
            place = replace(place, shielded=False)
        self._deeper(line)
        ended = self.script(Grammar(source).whole(), inner, place.inside("shell"))
        self._level -= 1
        return ended


def _command(node: Simple, peeled: Peeled, process: Process, place: Place) -> Command:
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
        runs=place.reach is Reach.YES or certain,
        certain=certain,
        fatal=place.fatal,
    )


def _pieces(word: Word) -> list[tuple[str, int]]:
    return [(part.text, part.line) for part in word.parts]


def _failing(item: AndOr, process: Process, *, fatal: bool) -> list[bool]:
    """For each pipeline: whether the RUN fails when the list up to it has failed."""
    failing = [fatal]
    for operator, pipeline in reversed(item.pipelines[1:]):
        if operator == "&&":
            failing.append(failing[-1])
        else:
            status, exits = _surely(pipeline)
            failing.append(status is Status.FAIL and (failing[-1] or (exits and process.exit_fatal)))
    return failing[::-1]


def _surely(pipeline: Pipeline) -> tuple[Status, bool]:
    """How `false`, `exit 1` or `{ echo no; exit 1; }` ends, and whether the shell ends with it."""
    node = pipeline.elements[0][1]
    if len(pipeline.elements) > 1 or pipeline.negated:
        return Status.UNKNOWN, False
    if isinstance(node, Simple):
        argv = tuple(word.text for word in node.words)
        return known(argv), argv[:1] == ("exit",)
    if node.kind not in {"group", "subshell"} or not node.bodies[0].script.lists:
        return Status.UNKNOWN, False
    last = node.bodies[0].script.lists[-1][1]
    if len(last.pipelines) > 1 or last.background:
        return Status.UNKNOWN, False
    status, exits = _surely(last.pipelines[0][1])
    return status, exits and node.kind == "group"


def _after(place: Place, operator: str, ended: Ended, *, sure: bool) -> Place:
    """The place right of `&&` or `||`; `sure` when the RUN could not have succeeded otherwise."""
    certain = place.certain and (sure or ended.certain.reach(operator) is Reach.YES)
    here = place.inside("||") if operator == "||" else place
    return replace(
        here, operator=operator, reach=min(place.reach, ended.usual.reach(operator)), certain=certain
    )


def _branch(place: Place, status: Status) -> Place:
    """The place that is reached when a condition has this status."""
    reach = status.reach("&&")
    return replace(
        place, operator="", reach=min(place.reach, reach), certain=place.certain and reach is Reach.YES
    )


def _items(word: Word, process: Process) -> list[Word]:
    """The words of a loop that one word stands for."""
    resolved = process.resolve(word)
    if resolved is None:
        return [word]
    if word.literal or not resolved.literal:
        return [resolved]
    splits = any(part.expands and not part.quoted for part in word.parts)
    values = resolved.text.split() if splits else [resolved.text]
    return [Word.of((Part(value, quoted=True, expands=False, line=word.parts[0].line),)) for value in values]

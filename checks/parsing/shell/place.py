"""The position of a walk in a script: whether the shell reaches it, and whether a failure there fails the RUN.

Also the effects of builtins that change the shell itself (`set`, `exit`), and commands of known status (`true`).
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from checks.parsing.shell.command import Command
from checks.parsing.shell.nodes import AndOr, Pipeline, Redirect, Simple
from checks.parsing.shell.process import Process, Reach, Status
from checks.parsing.shell.words import Part, Word
from checks.parsing.shell.wrappers import BRACES, NOEXEC, options_of

#: Commands that test something: a non-zero status is an answer, not an error.
QUESTIONS = frozenset({"[", "[[", "((", "test", "grep", "egrep", "fgrep", "command", "which", "type", "hash"})
_DECLARATIONS = frozenset({"export", "declare", "typeset", "local", "readonly"})


def known(argv: tuple[str, ...]) -> Status:
    """Return the status of `true`, `false` and `exit N`; UNKNOWN for any other command."""
    if argv in {("true",), (":",), ("exit", "0")}:
        return Status.OK
    if argv == ("false",):
        return Status.FAIL
    fails = argv[:1] == ("exit",) and len(argv) == 2 and argv[1].isdecimal() and int(argv[1][-9:]) % 256  # noqa: PLR2004
    return Status.FAIL if fails else Status.UNKNOWN


def apply(command: Command, process: Process, reach: Reach) -> None:
    """Apply the effects of a command to the shell that runs it."""
    if not command.words:
        for name, value in command.settings:
            _assign(name, value, command, process)
    elif command.name == "exit" or "exec" in command.wrappers:
        _exit(command, process, Reach.YES if command.runs else reach)
    elif command.name in {"break", "continue", "return"}:
        process.broken = True
    elif command.name in {"alias", "shift"}:
        _rename(command, process)
    elif command.name == "set":
        _set(command, process)
    elif command.name in _DECLARATIONS:
        _declare(command, process)
    elif command.name in {"unset", "read", "mapfile", "readarray", "getopts"}:
        for word in command.words[1:]:
            process.variables[word.text] = Word("", ()) if command.name == "unset" and command.runs else None


def _rename(command: Command, process: Process) -> None:
    """Apply `shift` or `alias`; bash ignores aliases in scripts."""
    if command.name == "shift":
        process.arguments = process.arguments[1:] if process.arguments and command.runs else None
    elif command.runs and not process.braces:
        for word in command.words[1:]:
            name, _, value = word.text.partition("=")
            process.coming[name] = tuple(_plain(text, command.line) for text in value.split())


def _plain(text: str, line: int) -> Word:
    return Word.of((Part(text, quoted=False, expands=False, line=line),))


def _assign(name: str, value: Word, command: Command, process: Process) -> None:
    process.variables[name] = process.resolve(value) if command.runs else None
    if any(exported == name for exported, _ in process.exports):
        _export(name, process)


def _export(name: str, process: Process) -> None:
    kept = tuple((exported, word) for exported, word in process.exports if exported != name)
    value = process.value(name)
    process.exports = (*kept, (name, value)) if value else kept


def _declare(command: Command, process: Process) -> None:
    for word in command.words[1:]:
        setting = word.assignment()
        if setting:
            _assign(*setting, command, process)
        if (
            command.name == "export"
            and command.runs
            and process.bound(name := setting[0] if setting else word.text)
        ):
            _export(name, process)


def _exit(command: Command, process: Process, reach: Reach) -> None:
    """End the shell: nothing runs after it. An exit that fails the RUN leaves successful builds unaffected."""
    failing = command.name == "exit" and known(command.argv) is Status.FAIL
    if reach is Reach.YES:
        process.alive = Reach.NO
    elif reach is Reach.MAYBE and not failing:
        process.alive = min(process.alive, Reach.MAYBE)
    if not (failing and process.exit_fatal):
        process.certainly_alive = False


def _set(command: Command, process: Process) -> None:
    """Apply `set -e` or `set -euo pipefail`; a `set` that may not run can only switch options off."""
    options, _, _ = options_of([*command.argv])
    for name, field in (("errexit", "errexit"), ("pipefail", "pipefail"), (BRACES, "braces")):
        if f"-{name}" in options:
            setattr(process, field, False)
        elif name in options and command.runs:
            setattr(process, field, True)
    if NOEXEC in options and command.runs:
        process.end()


class Ended(NamedTuple):
    """The status of a node: the certain one, and the usual one, which assumes that ordinary commands succeed."""

    certain: Status
    usual: Status


OK = Ended(Status.OK, Status.OK)
OPEN = Ended(Status.UNKNOWN, Status.OK)


@dataclass(frozen=True, slots=True)
class Place:
    """The position of the walk, with the facts that hold for every command there."""

    operator: str = ""
    reach: Reach = Reach.YES
    certain: bool = True
    fatal: bool = True
    shielded: bool = False  # `set -e` does not apply: in a condition, or left of `&&`
    context: tuple[str, ...] = ()
    settings: tuple[tuple[str, Word], ...] = ()
    redirects: tuple[Redirect, ...] = ()

    def maybe(self, context: str) -> "Place":
        """Return the place inside a branch that may or may not be taken."""
        reach = min(self.reach, Reach.MAYBE)
        return replace(self, reach=reach, certain=False, context=(*self.context, context), operator="")

    def inside(self, context: str) -> "Place":
        return replace(self, context=(*self.context, context))

    def unheeded(self) -> "Place":
        """Return this place where a failure by itself has no effect."""
        return replace(self, fatal=False, shielded=True)


def failing(item: AndOr, process: Process, *, fatal: bool) -> list[bool]:
    """Return, for each pipeline, whether the RUN fails if the list up to it has failed."""
    failing = [fatal]
    for operator, pipeline in reversed(item.pipelines[1:]):
        if operator == "&&":
            failing.append(failing[-1])
        else:
            status, exits = _surely(pipeline)
            failing.append(status is Status.FAIL and (failing[-1] or (exits and process.exit_fatal)))
    return failing[::-1]


def _surely(pipeline: Pipeline) -> tuple[Status, bool]:
    """Return the status of `false`, `exit 1` or `{ echo no; exit 1; }`, and whether it ends the shell."""
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


def after(place: Place, operator: str, ended: Ended, *, sure: bool) -> Place:
    """Return the place right of `&&` or `||`; `sure` if the RUN can only succeed when this place is reached."""
    certain = place.certain and (sure or ended.certain.reach(operator) is Reach.YES)
    here = place.inside("||") if operator == "||" else place
    return replace(
        here, operator=operator, reach=min(place.reach, ended.usual.reach(operator)), certain=certain
    )


def branch(place: Place, status: Status) -> Place:
    """Return the place that is reached if a condition has this status."""
    reach = status.reach("&&")
    return replace(
        place, operator="", reach=min(place.reach, reach), certain=place.certain and reach is Reach.YES
    )

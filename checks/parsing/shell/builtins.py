"""The few commands that change the shell itself, and those whose status is known."""

from checks.parsing.shell.command import Command
from checks.parsing.shell.process import Process, Reach, Status
from checks.parsing.shell.words import Part, Word
from checks.parsing.shell.wrappers import BRACES, NOEXEC, options_of

#: Commands that ask something: to fail is an answer of theirs and no accident.
QUESTIONS = frozenset({"[", "[[", "((", "test", "grep", "egrep", "fgrep", "command", "which", "type", "hash"})
_DECLARATIONS = frozenset({"export", "declare", "typeset", "local", "readonly"})


def known(argv: tuple[str, ...]) -> Status:
    """The status of `true`, `false` and `exit N`; of anything else it is unknown."""
    if argv in {("true",), (":",), ("exit", "0")}:
        return Status.OK
    if argv == ("false",):
        return Status.FAIL
    fails = argv[:1] == ("exit",) and len(argv) == 2 and argv[1].isdecimal() and int(argv[1][-9:]) % 256  # noqa: PLR2004
    return Status.FAIL if fails else Status.UNKNOWN


def apply(command: Command, process: Process, reach: Reach) -> None:
    """What a command does to the shell that runs it, if it is reached."""
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
    """Other words for arguments, and for programs; bash heeds no alias in a script."""
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
    """After it nothing runs. A fatal exit says nothing about the builds that succeed."""
    failing = command.name == "exit" and known(command.argv) is Status.FAIL
    if reach is Reach.YES:
        process.alive = Reach.NO
    elif reach is Reach.MAYBE and not failing:
        process.alive = min(process.alive, Reach.MAYBE)
    if not (failing and process.exit_fatal):
        process.certainly_alive = False


def _set(command: Command, process: Process) -> None:
    """`set -e`, `set -euo pipefail`; one that may not run only takes away."""
    options, _, _ = options_of([*command.argv])
    for name, field in (("errexit", "errexit"), ("pipefail", "pipefail"), (BRACES, "braces")):
        if f"-{name}" in options:
            setattr(process, field, False)
        elif name in options and command.runs:
            setattr(process, field, True)
    if NOEXEC in options and command.runs:
        process.end()

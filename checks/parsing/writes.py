"""Files that a script writes as plain text: `echo x > f`, `printf`, `cat <<EOF > f`, `... | tee f`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from checks.parsing.errors import ParseError
from checks.parsing.shell import Command

MAX_TARGETS = 20  # files into which one command writes the same text

_WRITING = frozenset({">", ">>", ">|", "&>", "&>>"})


@dataclass(frozen=True, slots=True)
class Write:
    """Text that a command puts into a file, with the line breaks that printf would make."""

    command: Command
    path: str
    text: str


def writes(commands: Sequence[Command], environment: Mapping[str, str]) -> Iterator[Write]:
    """Every write whose text can be read in the script itself. Raises ParseError for what passes a limit."""
    piped = ""
    for command in commands:
        text = _printed(command, environment) or (piped if command.operator == "|" else "")
        targets = list(_targets(command, environment))
        if len(targets) > MAX_TARGETS:
            raise ParseError(f"one command writes into more than {MAX_TARGETS} files", command.line)
        for path in targets:
            yield Write(command, path, text)
        piped = text


def _printed(command: Command, environment: Mapping[str, str]) -> str:
    """What it prints, or is given to read."""
    if command.name in {"echo", "printf"}:
        return " ".join(command.expand(environment)[1:]).replace("\\n", "\n")
    given = [
        redirect.body or redirect.target
        for redirect in command.redirects
        if redirect.operator.startswith("<<")
    ]
    return given[-1] if given else ""


def _targets(command: Command, environment: Mapping[str, str]) -> Iterator[str]:
    yield from (
        redirect.target
        for redirect in command.redirects
        if redirect.operator in _WRITING and redirect.fd in {None, 1}
    )
    if command.name == "tee":
        yield from (word for word in command.expand(environment)[1:] if not word.startswith("-"))

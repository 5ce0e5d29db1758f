"""Commands that write or list files: `echo x > f`, `printf`, `cat <<EOF > f`, `... | tee f`, and find(1)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from checks.parsing.shell import Command, Word
from checks.parsing.text.problems import ParseError

MAX_TARGETS = 20  # files to which one command writes the same text

_WRITING = frozenset({">", ">>", ">|", "&>", "&>>"})


@dataclass(frozen=True, slots=True)
class Write:
    """Text that a command writes to a file, with the line breaks that printf would make."""

    command: Command
    path: str
    text: str


def writes(commands: Sequence[Command], environment: Mapping[str, str]) -> Iterator[Write]:
    """Yield every write to a file; its text is empty if the script does not contain it.

    Raises ParseError if a limit is exceeded.
    """
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
    """Return the text that the command prints, or reads from a heredoc or here-string."""
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


# Parts of a find expression that exclude no file: flags, and options with one of these values.
_HARMLESS = frozenset(
    {"-delete", "-depth", "-d", "-xdev", "-mount", "-print", "-print0", "-noleaf", "-ignore_readdir_race"}
)
_VALUES = {"-mindepth": frozenset({"0", "1"}), "-type": frozenset({"f", "f,l", "f,d", "f,d,l"})}
_ENDS = frozenset({";", "+"})  # the end of -exec


def found(words: Sequence[tuple[str, Word]], *, deleting: bool) -> Iterator[tuple[str, Word]]:
    """Yield the trees in which find matches every file: the words before the first option.

    With `deleting`, yield them only if find itself deletes the files, with `-delete` or `-exec rm`.
    """
    start = next((at for at, (text, _) in enumerate(words) if text[:1] in {"-", "!", "("}), len(words))
    expression = [text for text, _ in words[start:]]
    if _spares_nothing(expression) and (not deleting or _deletes(expression)):
        yield from words[:start]


def _deletes(expression: Sequence[str]) -> bool:
    following = pairwise(expression)
    return "-delete" in expression or any(
        option.startswith("-exec") and program.rpartition("/")[2] == "rm" for option, program in following
    )


def _spares_nothing(expression: Sequence[str]) -> bool:
    rest = iter(expression)
    for option in rest:
        if option in {"-exec", "-execdir"}:
            next((text for text in rest if text in _ENDS), None)  # skip the program
        elif option in _VALUES:
            if next(rest, None) not in _VALUES[option]:
                return False
        elif option not in _HARMLESS:
            return False
    return True

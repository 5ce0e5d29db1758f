"""A parser of a command line's options and operands; the caller says which options take a value."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """`--name=value`, `--name value`, `-n value` or `-nvalue`; `value` is None for an option without one."""

    name: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Arguments:
    """A command line, parsed like getopt: options and operands may be mixed, and `--` ends the options."""

    options: tuple[Option, ...]
    operands: tuple[str, ...]

    def has(self, *names: str) -> bool:
        return any(option.name in names for option in self.options)

    def values(self, *names: str) -> tuple[str, ...]:
        """The values given to any of these options, in order."""
        return tuple(option.value or "" for option in self.options if option.name in names)


def read_arguments(argv: Sequence[str], valued: AbstractSet[str]) -> Arguments:
    """Parse the words after a program's name; `valued` holds the options that take a value (`-r`, `--file`)."""
    options: list[Option] = []
    operands: list[str] = []
    rest = list(reversed(argv))
    while rest:
        text = rest.pop()
        if text == "--":
            operands += reversed(rest)
            break
        if text.startswith("--"):
            options.append(_long(text, rest, valued))
        elif text.startswith("-") and len(text) > 1:
            options += _short(text, rest, valued)
        else:
            operands.append(text)
    return Arguments(tuple(options), tuple(operands))


def _long(text: str, rest: list[str], valued: AbstractSet[str]) -> Option:
    name, equals, value = text.partition("=")
    if equals:
        return Option(name, value)
    return Option(name, rest.pop() if rest else "") if name in valued else Option(name)


def _short(text: str, rest: list[str], valued: AbstractSet[str]) -> list[Option]:
    """Split `-yq` into two options; the first that takes a value takes the rest of the word, or the next word."""
    found: list[Option] = []
    for index, letter in enumerate(text[1:], start=1):
        name = f"-{letter}"
        if name in valued:
            value = text[index + 1 :].removeprefix("=") or (rest.pop() if rest else "")
            return [*found, Option(name, value)]
        if letter == "=":
            return [*found[:-1], Option(found[-1].name, text[index + 1 :])] if found else found
        found.append(Option(name))
    return found

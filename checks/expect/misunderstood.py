"""Missing instructions: the message names a misspelt or misplaced one, if any, instead of "there is none"."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import chain
from typing import TypeVar

from checks.expect.basics import present
from checks.expect.instead import Instead, in_another_stage, other_stages, unread, words
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.instructions import CommandLine, Env, Instruction, Invalid
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.text.expansion import unset_in, unset_note

T = TypeVar("T")
MAX_WORD = 20  # the longest instruction has 11 letters


@dataclass(frozen=True, slots=True)
class Meant:
    """An instruction that a stage must have: its keyword, its name in messages, and a word in it."""

    keyword: str
    what: str
    mentioning: str = ""


def instruction(found: Iterable[T], stage: Stage, meant: Meant, help: str) -> Sequence[T]:
    """Return the instructions found; if there are none, raise `CheckFailed` that names a near miss."""
    there = tuple(found)
    places = chain(
        _without_effect(stage, meant),
        _in_other_stages(stage, meant),
        unread(stage.file, lambda line: _is_written(line, meant)),
    )
    if not there and (instead := next(places, None)):
        raise CheckFailed(meant.what, instead.said, help, line=instead.line)
    return present(there, meant.what, help)


def two_words_in_one(command: CommandLine) -> None:
    """Raise `CheckFailed` for an element like `--host 0.0.0.0`: each word must be a separate element."""
    for word in command.argv:
        option, _, value = word.partition(" ")
        if option.startswith("--") and "=" not in option and value.strip():
            raise CheckFailed(
                "an element of the array for each word",
                f"`{word}` is one word for the program, an option that it does not know",
                f'Write two elements: "{option}", "{value.strip()}".',
                line=command.line,
            )


def unset_at(instruction: Instruction) -> str:
    """Return a note like `; A is not set` with the variables that an instruction uses but nothing has set."""
    known = {*instruction.state.environment, *instruction.state.arguments}
    return unset_note(unset_in(instruction.value, known))


def _without_effect(stage: Stage, meant: Meant) -> Iterator[Instead]:
    for instruction in stage.lineage:
        if _mentions(instruction.value, meant.mentioning) and _is_meant(instruction, meant.keyword):
            yield Instead(f"`{instruction}`{_why(instruction, meant)}", instruction.line)


def _in_other_stages(stage: Stage, meant: Meant) -> Iterator[Instead]:
    for other in other_stages(stage):
        for instruction in other.instructions:
            if instruction.keyword == meant.keyword and meant.mentioning in instruction.value:
                yield in_another_stage(f"`{instruction}`", other, instruction.line)


def _is_meant(instruction: Instruction, keyword: str) -> bool:
    if instruction.keyword == keyword:
        return True
    return isinstance(instruction, Invalid) and _is_near(instruction.keyword, keyword)


def _is_written(line: str, meant: Meant) -> bool:
    first, _, rest = line.partition(" ")
    return bool(rest.strip()) and _is_near(first, meant.keyword) and meant.mentioning in rest


@lru_cache
def _is_near(word: str, keyword: str) -> bool:
    return len(word) <= MAX_WORD and bool(get_close_matches(word, [keyword], cutoff=0.75))


def _mentions(value: str, name: str) -> bool:
    return not name or name in value or bool(_slips(value, name))


def _slips(value: str, name: str) -> list[str]:
    """Return words that are probably typing errors of this name."""
    return get_close_matches(name, words(value), n=1, cutoff=0.85)


def _why(instruction: Instruction, meant: Meant) -> str:
    if instruction.keyword != meant.keyword:
        return f" is refused by Docker: it knows no `{instruction.keyword}`; did you mean {meant.keyword}?"
    if isinstance(instruction, Invalid):
        return " is refused by Docker, and has no effect"
    if not isinstance(instruction, Env) and unset_at(instruction):
        return f": nothing is left of it{unset_at(instruction)}"
    if isinstance(instruction, Env) and meant.mentioning not in instruction.value:
        return f" sets `{_slips(instruction.value, meant.mentioning)[0]}`, which is another name"
    if isinstance(instruction, Env) and "=" not in instruction.value.split()[0]:
        name = instruction.variables[0][0]
        return f" sets {name} alone: in the form without `=`, all that follows is its value"
    return " does not do it"

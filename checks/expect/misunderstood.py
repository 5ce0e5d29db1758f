"""What is there, and does not do what was meant: said instead of "there is none"."""

from difflib import get_close_matches

from checks.expect.failure import CheckFailed
from checks.parsing.instructions import CommandLine, Env, Instruction, Invalid
from checks.parsing.stages import Stage

MAX_WORD = 20  # the longest instruction has 11 letters


def not_understood(stage: Stage, keyword: str, expected: str, help: str, *, mentioning: str = "") -> None:
    """Raise `CheckFailed` for an instruction that was meant as this one, and has no effect or another."""
    for instruction in stage.lineage:
        if mentioning in instruction.value and _is_meant(instruction, keyword):
            raise CheckFailed(expected, f"`{instruction}`{_why(instruction)}", help, line=instruction.line)


def two_words_in_one(command: CommandLine) -> None:
    """Raise `CheckFailed` for an element like `--host 0.0.0.0`: each word is an element of its own."""
    for word in command.argv:
        option, _, value = word.partition(" ")
        if option.startswith("--") and "=" not in option and value.strip():
            raise CheckFailed(
                "an element of the array for each word",
                f"`{word}` is one word for the program, an option that it does not know",
                f'Write two elements: "{option}", "{value.strip()}".',
                line=command.line,
            )


def _is_meant(instruction: Instruction, keyword: str) -> bool:
    if instruction.keyword == keyword:
        return True
    slip = len(instruction.keyword) <= MAX_WORD and isinstance(instruction, Invalid)
    return slip and bool(get_close_matches(instruction.keyword, [keyword], cutoff=0.75))


def _why(instruction: Instruction) -> str:
    if isinstance(instruction, Invalid):
        return " is refused by Docker, and has no effect"
    if "$" in instruction.value and not isinstance(instruction, Env):
        return ": the variable is not set here, so nothing is left"
    if isinstance(instruction, Env) and "=" not in instruction.value.split()[0]:
        name = instruction.variables[0][0]
        return f" sets {name} alone: in the form without `=`, all that follows is its value"
    return " does not do it"

"""Assertions about what a second build reuses."""

from collections.abc import Collection, Sequence

from checks.evidence.origins import Made
from checks.expect.failure import CheckFailed
from checks.parsing.installs import is_install
from checks.parsing.instructions import CopyOrAdd, Instruction, Run
from checks.parsing.software import variables_at


def dependencies_reused(made: Sequence[Made], rebuilt: Collection[str], file: str) -> None:
    """Of the layers that changed with the source, none installs anything or comes from another stage.

    `made` are the first image's layers, `rebuilt` the diff ids of the second one's.
    """
    for layer in made:
        if layer.diff_id not in rebuilt and _is_dependency(layer.instruction):
            raise CheckFailed(
                "an edit of the source leaves the layers with the dependencies as they are",
                f"`{layer.instruction}` ran again",
                "Copy what the install needs, install, and only then copy the rest.",
                file=file,
                line=layer.instruction.line,
            )


def _is_dependency(instruction: Instruction) -> bool:
    if isinstance(instruction, CopyOrAdd):
        return not instruction.from_context
    if not isinstance(instruction, Run):
        return False
    return any(is_install(command, variables_at(instruction)) for command in instruction.commands)

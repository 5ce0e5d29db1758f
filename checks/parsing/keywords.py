"""Which class reads which keyword: found from the classes themselves, so that no list need be kept."""

from collections.abc import Iterator

import checks.parsing.instructions  # noqa: F401 - imports every class
from checks.parsing.instruction import Instruction


def _all(kind: type[Instruction]) -> Iterator[type[Instruction]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _all(below)


KEYWORDS = {kind.KEYWORD: kind for kind in _all(Instruction) if kind.KEYWORD}

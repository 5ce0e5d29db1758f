"""What `find` finds: the trees of which it spares no file (find(1))."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from checks.parsing.shell import Word

# What may stand in an expression without sparing a file, alone or with one of these values.
_HARMLESS = frozenset(
    {"-delete", "-depth", "-d", "-xdev", "-mount", "-print", "-print0", "-noleaf", "-ignore_readdir_race"}
)
_VALUES = {"-mindepth": frozenset({"0", "1"}), "-type": frozenset({"f", "f,l", "f,d", "f,d,l"})}
_ENDS = frozenset({";", "+"})  # of -exec


def found(words: Sequence[tuple[str, Word]], *, deleting: bool) -> Iterator[tuple[str, Word]]:
    """The trees of which every file is found: all of the words before the first option.

    `deleting`: only if find itself deletes what it finds, with `-delete` or `-exec rm`.
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
            next((text for text in rest if text in _ENDS), None)  # steps over the program
        elif option in _VALUES:
            if next(rest, None) not in _VALUES[option]:
                return False
        elif option not in _HARMLESS:
            return False
    return True

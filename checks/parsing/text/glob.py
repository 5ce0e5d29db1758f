r"""Match shell patterns (`*`, `?`, `\*`) in bounded time, even hostile ones.

A regular expression made from `*a*a*a*b` can backtrack practically for ever. Here one integer holds the set of
positions that a prefix of the pattern can reach, one bit per position, and each token of the pattern maps
that set to the next: at most len(pattern) * len(text) / 64 machine operations, without backtracking.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from checks.parsing.text.expansion_parts import ExpansionError

_STAR, _ANY = "*", "?"
Token = tuple[str, bool]  # a character, and whether it is a wildcard


def tokens(pattern: str) -> tuple[Token, ...]:
    r"""Return characters and wildcards; only `*`, `?` and `\` can be escaped (`}` and `/` lose their escape)."""
    found: list[Token] = []
    characters = iter(pattern)
    for char in characters:
        if char != "\\":
            found.append((char, char in {_STAR, _ANY}))
            continue
        escaped = next(characters, "")
        if escaped not in {_STAR, _ANY, "\\", "}", "/"} or not escaped:
            raise ExpansionError(f"invalid escape `\\{escaped}` in a pattern")
        found.append((escaped, False))
    return tuple(found)


@dataclass(slots=True)
class _Positions:
    """The positions in `text` of each character of `pattern`, as bits."""

    text: str
    pattern: Sequence[Token]
    everywhere: int = field(init=False)
    places: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.everywhere = (1 << (len(self.text) + 1)) - 1
        found = {char: bytearray(len(self.text) // 8 + 1) for char, wild in self.pattern if not wild}
        for at, char in enumerate(self.text):
            if char in found:
                found[char][at >> 3] |= 1 << (at & 7)
        self.places = {char: int.from_bytes(bits, "little") for char, bits in found.items()}

    def ends(self, starts: int) -> int:
        """Return the positions at which a match that begins at one of `starts` can end."""
        reached = starts
        for char, wild in self.pattern:
            if wild and char == _STAR:
                lowest = reached & -reached
                reached = self.everywhere & ~(lowest - 1) if reached else 0
            elif wild:
                reached = (reached << 1) & self.everywhere
            else:
                reached = (reached & self.places[char]) << 1
        return reached

    def starts(self) -> int:
        """Return the positions at which a match begins."""
        reached = self.everywhere
        for char, wild in reversed(self.pattern):
            if wild and char == _STAR:
                reached = (1 << reached.bit_length()) - 1
            elif wild:
                reached >>= 1
            else:
                reached = (reached >> 1) & self.places[char]
        return reached


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def trim_prefix(value: str, pattern: str, *, greedy: bool) -> str:
    """Evaluate `${value#pattern}`, or `##` if greedy."""
    ends = _Positions(value, tokens(pattern)).ends(1)
    if not ends:
        return value
    return value[ends.bit_length() - 1 if greedy else _lowest(ends) :]


def trim_suffix(value: str, pattern: str, *, greedy: bool) -> str:
    """Evaluate `${value%pattern}`, or `%%` if greedy."""
    ends = _Positions(value[::-1], tokens(pattern)[::-1]).ends(1)
    if not ends:
        return value
    return value[: len(value) - (ends.bit_length() - 1 if greedy else _lowest(ends))]


def replace(
    value: str, pattern: str, replacement: str, *, everywhere: bool, spend: Callable[[int], None]
) -> str:
    """Evaluate `${value/pattern/replacement}`, or `//` if everywhere: the leftmost, longest matches."""
    positions = _Positions(value, tokens(pattern))
    candidates = positions.starts()
    pieces: list[str] = []
    done = 0
    while candidates:
        start = _lowest(candidates)
        spend(len(value) // 8 + len(pattern) + len(replacement) + 1)
        end = positions.ends(1 << start).bit_length() - 1
        pieces += value[done:start], replacement
        done = end
        if not everywhere:
            break
        candidates &= -1 << max(end, start + 1)
        if end == start:  # an empty match: keep the next character and continue after it
            pieces.append(value[start : start + 1])
            done = start + 1
    return "".join(pieces) + value[done:]

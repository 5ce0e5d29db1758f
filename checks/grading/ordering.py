"""The order of judging: a lab lists its checks as a student works, and some need others that stand below them."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def behind_needs(needs: Mapping[Key, Sequence[Key]]) -> Sequence[Key]:
    """The keys in their own order, but each behind those that it needs; a need that is no key counts for nothing.

    Raises ValueError for needs that go round in a circle.
    """
    ordered: dict[Key, None] = {}
    waiting: set[Key] = set()

    def take(key: Key) -> None:
        if key in waiting:
            raise ValueError(f"{key} needs itself, directly or not")
        waiting.add(key)
        for need in needs[key]:
            if need in needs and need not in ordered:
                take(need)
        waiting.discard(key)
        ordered.setdefault(key)

    for key in needs:
        take(key)
    return list(ordered)

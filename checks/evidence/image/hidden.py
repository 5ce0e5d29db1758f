"""Bytes that layers carry and nobody can see: the waste of the student's own layers.

dive's figure does not serve for this: it counts the base's own waste, the copy that is still in use, and
what is deleted *of the base*, which was there whatever the student did. Here a file counts only where a later
layer overwrites, deletes or covers it, by the rules of a union filesystem (opaque directories included). A
copy that replaces a file of the base is in use, so it is no waste; it counts among the bytes above the base.
A file that is deleted under one name and lives on under another as a hard link counts as hidden.
"""

from collections.abc import Sequence

from checks.evidence.image.layers import Contents


def hidden_bytes(own_layers: Sequence[Contents]) -> int:
    """Bytes that these layers, lowest first, carry and that a container on top of them cannot see."""
    hidden = 0
    covered: set[str] = set()  # hides the path and all below it
    closed: set[str] = set()  # hides what is below it
    replaced: set[str] = set()  # hides a file of the same path
    for layer in reversed(own_layers):
        cover = _Cover(covered, closed)
        hidden += layer.size - sum(layer.files.values())  # twice in one layer
        hidden += sum(s for path, s in layer.files.items() if s and (path in replaced or cover.hides(path)))
        covered |= layer.files.keys() | layer.whiteouts
        closed |= layer.opaque
        replaced |= layer.directories
    return hidden


class _Cover:
    """What the layers above hide; remembers its answer for each directory."""

    def __init__(self, covered: set[str], closed: set[str]) -> None:
        self._covered = covered
        self._closed = closed
        self._known: dict[str, bool] = {"": "/" in closed}

    def hides(self, path: str) -> bool:
        return path in self._covered or self._hides_below(path.rpartition("/")[0])

    def _hides_below(self, directory: str) -> bool:
        pending = []
        while directory not in self._known:
            pending.append(directory)
            directory = directory.rpartition("/")[0]
        answer = self._known[directory]
        for below in reversed(pending):
            answer = answer or below in self._covered or below in self._closed
            self._known[below] = answer
        return answer

"""Where a file lies that was handed in at another place than it belongs: what a message points to.

Only a message: guessing which of several folders a student meant would be grading by luck.
"""

from collections.abc import Iterator

from checks.evidence.tree import Parts, Tree, is_noise

_FOLDERS = 50  # that are looked into: listing one of a large archive takes a walk over its members
_DEPTH = 4


def misplaced(tree: Tree, lab: str, name: str) -> Parts | None:
    """A file of that name at the top, or in a folder that is called nearly like the lab's, however deep."""
    *inner, file = name.split("/")
    for folder in _folders(tree):
        meant = not folder or folder[-1].casefold().startswith(lab.casefold())
        if meant and file in tree.files((*folder, *inner)):
            return (*folder, *inner, file)
    return None


def _folders(tree: Tree) -> Iterator[Parts]:
    """The upper ones first."""
    waiting: list[Parts] = [()]
    for _ in range(_FOLDERS):
        if not waiting:
            return
        folder = waiting.pop(0)
        yield folder
        if len(folder) < _DEPTH:
            waiting += [(*folder, name) for name in tree.folders(folder) if not is_noise(name)]

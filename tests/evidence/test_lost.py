"""What later layers delete or replace, and which of them does it first."""

import pytest

from checks.evidence.image.layers import Contents, Layer
from checks.evidence.image.lost import Lost, lost_of


def _layers(*layers: dict[str, object]) -> list[Layer]:
    """Each by its files, and by `-`: what it deletes, `=`: which folders it empties."""
    made = []
    for index, layer in enumerate(layers):
        files = {path: size for path, size in layer.items() if isinstance(size, int)}
        gone, emptied = layer.get("-", ()), layer.get("=", ())
        assert isinstance(gone, tuple)
        assert isinstance(emptied, tuple)
        contents = Contents(files, frozenset(), frozenset(gone), frozenset(emptied), sum(files.values()))
        made.append(Layer(index, f"sha256:{index}", "", 0.0, contents))
    return made


@pytest.mark.parametrize(
    ("layers", "lost"),
    [
        ([{"/a": 1}, {"/b": 2}], [[], []]),
        ([{"/a": 1}, {"-": ("/a",)}], [[Lost("/a", 1, 1, "deleted")], []]),
        ([{"/a": 1}, {"/a": 5}], [[Lost("/a", 1, 1, "replaced")], []]),
        (
            [{"/a": 1}, {"/a": 5}, {"-": ("/a",)}],
            [[Lost("/a", 1, 1, "replaced")], [Lost("/a", 5, 2, "deleted")], []],
        ),
        (
            [{"/d/a": 1, "/d/b": 9}, {"-": ("/d",)}],
            [[Lost("/d/b", 9, 1, "deleted"), Lost("/d/a", 1, 1, "deleted")], []],
        ),
        ([{"/d/a": 1, "/da": 1}, {"=": ("/d",), "/d/b": 2}], [[Lost("/d/a", 1, 1, "deleted")], []]),
        ([{"/d/a": 1}, {"/d": 0}], [[Lost("/d/a", 1, 1, "deleted")], []]),
        ([{"-": ("/a",)}, {"/a": 1}], [[], []]),
        ([], []),
    ],
    ids=["nothing", "deleted", "replaced", "both", "folder", "emptied", "file-for-folder", "later", "none"],
)
def test_lost(layers: list[dict[str, object]], lost: list[list[Lost]]) -> None:
    assert lost_of(_layers(*layers)) == lost

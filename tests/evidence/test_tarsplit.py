"""A layer's tar from its files and what was between them, in a folder that may hold anything."""

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from checks.evidence.image.tar_split import joined

Entry = Mapping[str, object]


def segment(data: bytes) -> Entry:
    return {"type": 2, "payload": base64.b64encode(data).decode()}


def file(name: str, size: int) -> Entry:
    return {"type": 1, "name": name, "size": size, "payload": "crc"}


def split(folder: Path, entries: Sequence[Entry]) -> Path:
    path = folder / "tar-split.json.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(entry) + "\n" for entry in entries).encode()))
    return path


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    (tmp_path / "layer/a/b").mkdir(parents=True)
    (tmp_path / "layer/a/b/one").write_bytes(b"1" * 600_000)
    (tmp_path / "layer/a/two").write_bytes(b"22")
    (tmp_path / "layer/three").write_bytes(b"333")
    (tmp_path / "layer/a/link").symlink_to(tmp_path / "secret")
    (tmp_path / "layer/a/out").symlink_to(tmp_path)
    (tmp_path / "secret").write_bytes(b"secret")
    return tmp_path / "layer"


ENTRIES = [segment(b"<"), file("a/b/one", 600_000), segment(b"|"), file("a/", 0), file("./a/two", 2)]
LAST = [file("three", 3), {"type": 1, "name_raw": base64.b64encode(b"a/two").decode(), "size": 2}]


def test_all_in_its_order(tmp_path: Path, layer: Path) -> None:
    made = b"".join(joined(split(tmp_path, [*ENTRIES, *LAST]), layer, with_contents=True))
    assert made == b"<" + b"1" * 600_000 + b"|" + b"22" + b"333" + b"22"


def test_zeros_where_nobody_looks(tmp_path: Path, layer: Path) -> None:
    made = b"".join(joined(split(tmp_path, ENTRIES), layer, with_contents=False))
    assert made == b"<" + bytes(600_000) + b"|" + bytes(2)


@pytest.mark.parametrize(
    "entry",
    [
        file("a/link", 6),
        file("a/out/secret", 6),
        file("../secret", 6),
        file("a/../../secret", 6),
        file("a/b", 6),
        file("three", 4),
        file("nowhere", 1),
        {"type": 1, "size": 1},
        {"type": 2},
    ],
    ids=str,
)
def test_what_does_not_belong_together(tmp_path: Path, layer: Path, entry: Entry) -> None:
    with pytest.raises((OSError, ValueError, LookupError)):
        b"".join(joined(split(tmp_path, [entry]), layer, with_contents=True))

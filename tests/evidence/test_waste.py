"""Wasted bytes and efficiency, held against dive itself on archives made here."""

import gzip
import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.evidence.image.image import Image, read_image
from checks.evidence.image.waste import Waste
from tests.tools import tool

Files = dict[str, bytes | None]
Save = Callable[..., bytes]


def dive(archive: bytes, folder: Path) -> Waste:
    saved, report = folder / "image.tar", folder / "report.json"
    saved.write_bytes(archive)
    command: list[str | Path] = [tool("dive"), "--source", "docker-archive", saved, "--json", report]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    image = json.loads(report.read_text())["image"]
    return Waste(image["inefficientBytes"], image["efficiencyScore"])


def agrees(archive: bytes, folder: Path) -> Image:
    image = read_image([archive])
    theirs = dive(archive, folder)
    assert image.wasted_bytes == theirs.bytes
    assert image.efficiency == pytest.approx(theirs.efficiency, abs=1e-12)
    return image


X, Y = b"x" * 1000, b"y" * 300

IMAGES: dict[str, list[Files]] = {
    "no layer": [],
    "one empty layer": [{}],
    "nothing wasted": [{"a": X}, {"b": Y}],
    "overwritten": [{"a": X, "b": Y}, {"a": Y}],
    "overwritten twice": [{"a": X}, {"a": Y}, {"a": X}],
    "deleted": [{"d": None, "d/a": X}, {"d": None, "d/.wh.a": b""}],
    "directory deleted": [{"d": None, "d/a": X, "d/e": None, "d/e/b": Y}, {".wh.d": b""}],
    "directory deleted and made again": [{"d": None, "d/a": X}, {".wh.d": b""}, {"d": None, "d/a": Y}],
    "deleted, then its directory": [
        {"d": None, "d/a": X, "d/b": Y},
        {"d": None, "d/.wh.a": b""},
        {".wh.d": b""},
    ],
    "opaque": [{"d": None, "d/a": X}, {"d": None, "d/.wh..wh..opq": b"", "d/b": Y}],
    "opaque, then deleted": [{"d": None, "d/a": X}, {"d": None, "d/.wh..wh..opq": b""}, {".wh.d": b""}],
    "opaque of a directory without entry": [{"d": None, "d/a": X}, {"e/d/.wh..wh..opq": b""}, {"e/d": X}],
    "directory without entry deleted": [{"d/a": X}, {".wh.d": b""}],
    "directory becomes file": [{"d": None, "d/a": X}, {"d": Y}],
    "file becomes directory": [{"d": X}, {"d": None}],
    "deletion of nothing": [{"a": X, "m": Y}, {"a": X, ".wh.k": b"", "m": X}],
    "deletion of nothing, path known later": [{"a": X}, {".wh.k": b"", "m": X}, {"k": X}],
    "deletion of nothing in the first layer": [{"A": X, ".wh.b": b"", "c": Y}, {"A": X, "c": Y}],
    "replaced in the layer that deletes": [{"-a": X, "b": Y}, {".wh.-a": b"", "-a": Y}, {".wh.b": b""}],
    "before its whiteout in a deleted directory": [
        {"d": None, "d/-a": X},
        {"d": None, "d/.wh.-a": b"", "d/-a": Y},
        {".wh.d": b""},
    ],
    "twice in one layer": [{"a": X, "./a": Y}, {"b": X}],
    "root entry": [{"./": None, "./a": X}, {"./": None, "/a": Y}],
    "other markers of a union filesystem": [{".wh..wh.plnk": None, ".wh..wh.plnk/1.2": X, "a": Y}, {"a": X}],
    "same layer twice": [{"a": X}, {"b": Y}, {"a": X}],
    "names beyond ASCII": [{"d": None, "d/\u00e4\u20ac": X}, {"d": None, "d/.wh.\u00e4\u20ac": b""}],
    "long names": [{"d/" * 40 + "n" * 180: X}, {"d/" * 40 + "n" * 180: Y}],
}


@pytest.mark.parametrize("layers", IMAGES.values(), ids=IMAGES.keys())
def test_agrees_with_dive(layers: list[Files], save: Save, tmp_path: Path) -> None:
    agrees(save(layers), tmp_path)


def test_agrees_with_dive_on_compressed_layers(save: Save, tmp_path: Path) -> None:
    agrees(save([{"a": X}, {"a": Y}], compress=gzip.compress), tmp_path)


def test_agrees_with_dive_on_the_legacy_layout(save: Save, tmp_path: Path) -> None:
    agrees(save([{"a": X}, {"a": Y}], legacy=True), tmp_path)


Operation = tuple[str, str, str, int]  # verb, folder, name, size
NAMES = st.sampled_from(["a", "-b", "c"])
FOLDERS = st.lists(st.sampled_from(["d", "-e"]), max_size=3).map("/".join)
OPERATIONS = st.tuples(
    st.sampled_from(["add", "delete", "opaque", "folder"]), FOLDERS, NAMES, st.integers(0, 3)
)


def layer_after(operations: Sequence[Operation]) -> Files:
    files: Files = {}
    for verb, folder, name, size in operations:
        parts = folder.split("/") if folder else []
        files |= {"/".join(parts[: depth + 1]): None for depth in range(len(parts))}
        path = "/".join([*parts, name])
        if verb == "add":
            files[path] = b"." * 10**size
        elif verb == "delete":
            files["/".join([*parts, f".wh.{name}"])] = b""
        elif verb == "folder":
            deleted = "/".join([*parts[:-1], f".wh.{parts[-1]}"]) if parts else ".wh.d"
            files[deleted] = b""
        elif parts:
            files[f"{folder}/.wh..wh..opq"] = b""
    return files


def side_by_side(images: Sequence[Sequence[Files]]) -> list[Files]:
    """The layers of one image: the first of these as it is, each other one in a folder of its own."""
    merged: list[Files] = [{} for _ in range(max(map(len, images)))]
    for number, layers in enumerate(images):
        above = f"{number}/" if number else ""
        for at, files in enumerate(layers):
            merged[at] |= {f"{above}{path}": content for path, content in files.items()}
    return merged


SEQUENCES = st.lists(st.lists(OPERATIONS, max_size=6), min_size=1, max_size=4)


@pytest.mark.slow
@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(SEQUENCES, min_size=8, max_size=8))
def test_agrees_with_dive_on_any_sequences_of_changes(
    save: Save, tmp_path_factory: pytest.TempPathFactory, images: list[list[list[Operation]]]
) -> None:
    """Eight of them at once: starting dive takes longer than all else."""
    made = [[layer_after(operations) for operations in layers] for layers in images]
    agrees(save(side_by_side(made)), tmp_path_factory.mktemp("dive"))

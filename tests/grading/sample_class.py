"""A class of some sixty submissions: right, wrong, untouched, broken and hostile ones, as folders and archives."""

import io
import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from checks.lab import ROOT

LAB = "task1_layers"
SOLUTION = ROOT / "solutions" / LAB
MISTAKES = ROOT / "tests" / "labs" / LAB / "mistakes"
RIGHT = ("right-folder", "right-zip", "right-tar", "right-xz")
STARTERS = tuple(f"starter-{number}" for number in range(6))
ZIPPED = 16  # mistakes that come as archives a second time


def write_class(root: Path) -> list[Path]:
    """Write the submissions and return their paths, right ones first."""
    root.mkdir()
    return [*right(root), *_mistakes(root), *_starters(root), *broken(root), *hostile(root)]


def right(root: Path) -> Iterator[Path]:
    """Yield Task 1 solved, in each form that can be handed in."""
    yield _folder(root / "right-folder")
    yield _zip(root / "right-zip.zip", SOLUTION)
    for name, mode in (("right-tar.tar.gz", "w:gz"), ("right-xz.tar.xz", "w:xz")):
        with tarfile.open(root / name, mode) as packed:  # type: ignore[call-overload]  # two of its modes
            packed.add(SOLUTION, f"course-main/{LAB}")
        yield root / name


def _mistakes(root: Path) -> Iterator[Path]:
    overlays = sorted(MISTAKES.iterdir())
    folders = [_folder(root / f"wrong-{overlay.name}", overlay) for overlay in overlays]
    yield from folders
    for folder in folders[:ZIPPED]:
        yield _zip(root / f"zipped-{folder.name}.zip", folder / LAB)


def _starters(root: Path) -> Iterator[Path]:
    for name in STARTERS:
        shutil.copytree(ROOT / LAB, root / name / LAB)
        yield root / name


def broken(root: Path) -> Iterator[Path]:
    """Yield what was handed in by accident: archives that are none, or not whole, and files in a wrong place."""
    for name, data in BROKEN.items():
        (root / name).write_bytes(data)
        yield root / name
    whole = _zip(root / "broken-half.zip", SOLUTION).read_bytes()
    (root / "broken-half.zip").write_bytes(whole[: len(whole) // 2])
    yield root / "broken-half.zip"
    shutil.copytree(SOLUTION, root / "broken-place")
    yield root / "broken-place"
    (root / "broken-empty").mkdir()
    yield root / "broken-empty"


def hostile(root: Path) -> Iterator[Path]:
    """Yield what is meant to harm: links, pipes, bombs, and files that would grade themselves."""
    for name, spoil in SPOILT.items():
        folder = _folder(root / f"hostile-{name}")
        spoil(folder / LAB)
        yield folder
    for name, member in MEMBERS.items():
        with zipfile.ZipFile(root / f"hostile-{name}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(*member)
        yield root / f"hostile-{name}.zip"


BROKEN: Mapping[str, bytes] = {
    "broken-nothing.zip": b"",
    "broken-head.zip": b"PK\x03\x04",
    "broken-text.zip": b"I could not upload it.\n",
    "broken-gzip.tar.gz": b"\x1f\x8bbroken",
}


def _instead_of_dockerfile(make: Callable[[Path], object]) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        (folder / "Dockerfile").unlink()
        make(folder / "Dockerfile")

    return spoil


SPOILT: Mapping[str, Callable[[Path], object]] = {
    "link": _instead_of_dockerfile(lambda path: path.symlink_to("/etc/passwd")),
    "pipe": _instead_of_dockerfile(os.mkfifo),
    "folder": _instead_of_dockerfile(Path.mkdir),
    "bytes": _instead_of_dockerfile(lambda path: path.write_bytes(bytes(range(256)) * 40)),
    "long": _instead_of_dockerfile(lambda path: path.write_text("FROM a\n" + "ENV A=1\n" * 20_000)),
    "escapes": _instead_of_dockerfile(
        lambda path: path.write_text("FROM ubuntu:20.04\nRUNN \x1b[2J\u202e\n")
    ),
    "conftest": lambda folder: (folder / "conftest.py").write_text("import os; os._exit(0)\n"),
    "lab": lambda folder: (folder / "lab.yaml").write_text("title: Free points\nedit: []\n"),
}


def _inner() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("x", "y")
    return buffer.getvalue()


MEMBERS: Mapping[str, tuple[str, bytes]] = {
    "outside": ("../../escaped", b"x"),
    "bomb": (f"{LAB}/Dockerfile", b"0" * 100_000_000),
    "nested": ("inner.zip", _inner()),
    "deep": ("/".join(["a"] * 500), b"x"),
}


def _folder(path: Path, overlay: Path = SOLUTION) -> Path:
    shutil.copytree(SOLUTION, path / LAB)
    shutil.copytree(overlay, path / LAB, dirs_exist_ok=True)
    return path


def _zip(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        for file in folder.iterdir():
            packed.write(file, f"course-main/{LAB}/{file.name}")
    return path

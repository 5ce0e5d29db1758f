"""The 200 submissions of a class: all that the project's other tests grade one by one, handed in together."""

import shutil
import zipfile
from collections.abc import Iterator, Sequence
from itertools import chain, islice, zip_longest
from pathlib import Path

from checks.grading.entries import entries_of
from checks.lab import all_labs
from tests.grading.sample_class import LAB, SOLUTION, broken, hostile, right
from tests.hostile.test_big_files import BIG, HONEST, hand_in
from tests.mistakes import overlays
from tests.parsing.test_corpus import CORPUS

COUNT = 200
LABS = all_labs()
BIG_ONES = (  # those that take least time
    *("json", "stages", "version-of-digits", "compose-depth"),
    *("compose-size", "env-size", "project-depth", "answers-depth"),
)
NAMES = ("=cmd|' calc'!A0", "<img src=x onerror=window.ran=1>", "abc\u202etxt.exe", "two\nlines")
ZIPPED = 3  # each third mistake comes as an archive


def write_class(root: Path) -> list[Path]:
    """Write the submissions and return their paths; mistakes of all labs fill the class up."""
    root.mkdir()
    kinds = (right, _whole, broken, hostile, _named, _big, _real, _mistakes)
    return list(islice(chain.from_iterable(kind(root) for kind in kinds), COUNT))


def names_of(people: Sequence[Path]) -> list[str]:
    """Return the names that their results have."""
    return [entry.name for entry in entries_of(people)]


def _whole(root: Path) -> Iterator[Path]:
    """Yield the whole course, solved and untouched, as folders and archives."""
    for name in ("solved", "untouched"):
        for lab in LABS:
            shutil.copytree(lab.solution if name == "solved" else lab.starter, root / name / lab.id)
        yield root / name
        yield _zipped(root / name, root / f"{name}-zipped.zip")


def _named(root: Path) -> Iterator[Path]:
    """Yield right ones with names that break out of a page, a sheet or a line."""
    for name in NAMES:
        shutil.copytree(SOLUTION, root / name / LAB)
        yield root / name


def _big(root: Path) -> Iterator[Path]:
    for name in BIG_ONES:
        yield hand_in(BIG[name], root / f"big-{name}")


def _real(root: Path) -> Iterator[Path]:
    """Yield Dockerfiles in shapes that real ones have."""
    texts = {file.stem: file.read_bytes() for file in CORPUS[::10]}
    texts |= {name.replace(" ", "-"): text.encode() for name, text in HONEST.items()}
    for name, text in texts.items():
        shutil.copytree(SOLUTION, root / f"real-{name}" / LAB)
        (root / f"real-{name}" / LAB / "Dockerfile").write_bytes(text)
        yield root / f"real-{name}"


def _mistakes(root: Path) -> Iterator[Path]:
    """Yield the mistakes in turn, one of each lab, so that every lab is there however many it has."""
    by_lab = [[(lab, overlay) for overlay in overlays(lab)] for lab in LABS]
    for number, (lab, overlay) in enumerate(
        found for turn in zip_longest(*by_lab) for found in turn if found
    ):
        folder = root / f"{lab.id}-{overlay.name}"
        shutil.copytree(lab.solution, folder / lab.id)
        shutil.copytree(overlay, folder / lab.id, dirs_exist_ok=True)
        yield folder if number % ZIPPED else _zipped(folder, root / "zipped" / f"{folder.name}.zip")


def _zipped(folder: Path, path: Path) -> Path:
    """Write an archive of the folder, as a forge makes one."""
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as packed:
        for file in sorted(folder.rglob("*")):
            packed.write(file, Path("course-main") / file.relative_to(folder))
    return path

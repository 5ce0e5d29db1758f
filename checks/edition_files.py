"""The course's own files, as the edition in force has them: labs, and reference solutions.

The edition's are written to `out/editions/`, into a folder with the digest of its content in its name: nothing in
it ever changes, so each process can use what another has written.
"""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from checks.edition import Edition, EditionError, edition_asked, refuse_unknown
from checks.parsing.text.problems import ParseError
from checks.parsing.text.yaml_file import parse_yaml
from checks.starter import kept_files

SPEC = "lab.yaml"
SOLUTIONS = "solutions"
WRITTEN = Path("out", "editions")


@dataclass(frozen=True, slots=True)
class CourseFile:
    """A file of a lab or a solution, by its path in the course."""

    path: str
    content: bytes
    mode: int


def course_files(root: Path) -> Path:
    """Return the folder with labs and solutions: `root` itself, or what the edition in force makes of it.

    Raises `EditionError` where there is no such edition, or its file does not fit the course.
    """
    edition = edition_asked(root)
    if edition is None:
        return root
    files = list(rendered(edition, root))
    digest = hashlib.sha256(repr([(file.path, file.content, file.mode) for file in files]).encode())
    target = root / WRITTEN / f"{edition.name}-{digest.hexdigest()[:16]}"
    if not target.is_dir():
        try:
            _write(files, target)
        except OSError as error:
            raise EditionError(f"an edition is written to {target.parent}, and cannot be ({error})") from None
    return target


def rendered(edition: Edition, root: Path, *, strict: bool = False) -> Iterator[CourseFile]:
    """Yield every file of the labs and solutions in this edition; raise `EditionError` where it does not fit.

    Where students edit a file in the clone, it need not have a passage any more; with `strict`, it must.
    """
    own = {file.path: file for file in _own(root)}
    refuse_unknown(edition, (path.partition("/")[0] for path in own if path.endswith(f"/{SPEC}")))
    whole = _whole(edition)
    files = {**{path: _made(edition, file) for path, file in own.items()}, **whole}
    edited = frozenset[str]() if strict else frozenset(_edited(files))
    _refuse_unused(edition, own, edited | frozenset(whole))
    yield from (files[path] for path in sorted(files))


def _own(root: Path) -> Iterator[CourseFile]:
    """Yield the files of the course as it is."""
    for name in sorted((*(spec.parent.name for spec in root.glob(f"*/{SPEC}")), SOLUTIONS)):
        for file in kept_files(root / name):
            yield _read(root / name / file, f"{name}/{file.as_posix()}")


def _whole(edition: Edition) -> Mapping[str, CourseFile]:
    files = (_read(edition.folder / file, file.as_posix()) for file in kept_files(edition.folder))
    found = {file.path: file for file in files}
    for path in found:
        if not edition.changes(path):
            raise EditionError(
                f"{edition.folder.name}/{path} takes the place of no file of the edition's `labs`"
            )
    return found


def _read(path: Path, name: str) -> CourseFile:
    return CourseFile(name, path.read_bytes(), stat.S_IMODE(path.stat().st_mode))


def _made(edition: Edition, file: CourseFile) -> CourseFile:
    """Return a file of the course in this edition; what is no text stays as it is."""
    content = file.content
    if edition.changes(file.path):
        with suppress(UnicodeDecodeError):
            content = edition.text(file.path, content.decode()).encode()
    if file.path.endswith(f"/{SPEC}") and b"\nedition:" not in content:
        content += f'\nedition: "{edition.name}"\n'.encode()
    return CourseFile(file.path, content, file.mode)


def _edited(files: Mapping[str, CourseFile]) -> Iterator[str]:
    """Yield the files of the labs that students edit; a `lab.yaml` that is broken is told of when it is read."""
    for path, file in files.items():
        folder, _, name = path.partition("/")
        if name == SPEC:
            with suppress(ParseError):
                yield from (
                    f"{folder}/{node.value}" for node in parse_yaml(file.content, path)["edit"].elements()
                )


def _refuse_unused(edition: Edition, own: Mapping[str, CourseFile], excused: frozenset[str]) -> None:
    """Raise `EditionError` for a passage that its file has not, or twice, and for a value that no file has."""
    texts = {
        path: file.content.decode(errors="replace") for path, file in own.items() if edition.changes(path)
    }
    passages = edition.node.get("passages")
    for path, listed in edition.passages.items():
        for number, passage in enumerate(listed):
            count = texts.get(path, "").count(passage.was)
            if count != 1 and path not in excused and passages is not None:
                line = passages[path][number].line
                raise edition.wrong(line, f"{path} has this passage {count} times, and should have it once")
    unused = frozenset(edition.values).difference(*(edition.used(text) for text in texts.values()))
    for value in sorted(unused):
        raise edition.wrong(
            edition.node["values"].key_line(value), f"no file of the `labs` has the word `{value}`"
        )


def _write(files: Sequence[CourseFile], target: Path) -> None:
    """Write the files beside the target, then rename: who comes second finds it made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for file in files:
            path = place / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
            path.chmod(file.mode)
        place.chmod(0o755)
        try:
            os.rename(place, target)  # noqa: PTH104 - the atomic one, by name
        except OSError:
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(place, ignore_errors=True)

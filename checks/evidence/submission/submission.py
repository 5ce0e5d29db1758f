"""A submission: a folder, a zip or a tar, with its names, the files a lab asks for, and lines for excerpts.

We extract nothing, and read only the files that a lab lists under `edit`.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from checks.edition_files import SPEC
from checks.evidence.submission.archive import ARCHIVE_SUFFIXES, open_archive
from checks.evidence.submission.folder import Folder
from checks.evidence.submission.limits import (
    DEFAULT_LIMITS,
    Limits,
    Refused,
    SubmissionError,
    SubmissionRefused,
)
from checks.evidence.submission.tree import Parts, SubmittedFile, Tree, is_noise, misplaced, shown
from checks.lab import ROOT
from checks.sanitize import sanitize_line

_NAME_BYTES = 120  # leaves room for a suffix: file systems allow 255


class Submission:
    """A submission; a context manager. `name` is for the gradebook, safe as a file name, not always unique."""

    def __init__(self, name: str, tree: Tree) -> None:
        self.name = name
        self._tree = tree
        self._wrapper = _sole_folder(tree)

    @property
    def labs(self) -> tuple[str, ...]:
        """The names of the folders among which we look for task folders, sorted."""
        return tuple(sorted({*self._tree.folders(()), *self._inner_folders()}))

    def has_folder(self, lab: str) -> bool:
        """Whether an entry of that name exists among the task folders; reading it reports if it is no folder."""
        return self._tree.has(self.located((lab,)))

    def read(self, relative: str) -> bytes | None:
        """Return the bytes of one regular file, None if it is absent; raise `Refused` as `find` does."""
        found = self.find(relative)
        return None if found is None else found.data

    def find(self, relative: str) -> SubmittedFile | None:
        """Return one regular file, None if it is absent. `relative` uses slashes: `<lab>/Dockerfile`.

        Raises `Refused` if a part of the path is a link, if the file is not regular, too large, damaged or
        unreadable, or if the name leads out of the submission.
        """
        parts = tuple(relative.split("/"))
        if "\0" in relative or not all(parts) or {".", ".."} & set(parts):
            raise Refused(f"{sanitize_line(relative)} is no name inside a submission")
        return self._tree.read(self.located(parts))

    def elsewhere(self, lab: str, name: str) -> str | None:
        """Return the path of a lab's file in the wrong place, as a message shows it; None if it is not found."""
        found = misplaced(self._tree, lab, name) or self._in_a_folder_of_their_own(name)
        return None if found is None else shown(found)

    def _in_a_folder_of_their_own(self, name: str) -> Parts | None:
        """Return the path in the only folder, if students named that: another lab's folder has files of its own."""
        if self._wrapper is None or (ROOT / self._wrapper / SPEC).is_file():
            return None
        parts = (self._wrapper, *name.split("/"))
        return parts if self._tree.has(parts) else None

    def located(self, parts: Parts) -> Parts:
        """Return the path, one folder deeper if needed, as in the archives that GitHub makes (`course-main/`)."""
        if self._wrapper is None or self._tree.has(parts[:1]):
            return parts
        return (self._wrapper, *parts)

    def close(self) -> None:
        """Close the folder or the archive."""
        self._tree.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _inner_folders(self) -> tuple[str, ...]:
        return () if self._wrapper is None else self._tree.folders((self._wrapper,))


def open_submission(path: Path, limits: Limits = DEFAULT_LIMITS) -> Submission:
    """Open a folder, a zip or a tar (plain, gz, bz2, xz), for use with `with`.

    Raises `SubmissionError` if the path cannot be read (a wrong path, a missing right), and its subclass
    `SubmissionRefused` if the submission is broken or hostile as a whole.
    """
    tree = _open_tree(path, limits)
    try:
        _refuse_packed_twice(path, tree)
        return Submission(safe_name(path), tree)
    except BaseException:
        tree.close()
        raise


def safe_name(path: Path) -> str:
    """Return the folder's name or the archive's stem, in letters, digits and ` ._@-`, of at most 120 bytes."""
    name = os.fsencode(path.absolute().name).decode("utf-8", "replace")
    suffix = "" if path.is_dir() else _archive_suffix(name)
    return safe_label(name[: len(name) - len(suffix)])


def safe_label(text: str) -> str:
    """Return the text as a name in the same letters, and of the same length."""
    name = re.sub(r"[^\w .@-]", "_", unicodedata.normalize("NFC", text))
    name = name.encode()[:_NAME_BYTES].decode("utf-8", "ignore")
    # The first character must not make it a hidden file, an option of a program or a spreadsheet formula.
    return name.lstrip(" .@-").rstrip(" .") or "submission"


def _open_tree(path: Path, limits: Limits) -> Tree:
    name = sanitize_line(path.name or str(path))
    try:
        return Folder(path, limits) if path.is_dir() else open_archive(path, limits)
    except FileNotFoundError:
        raise SubmissionError(name, "there is no such folder or file", "Check the path") from None
    except PermissionError:
        why = "it may not be read: permission denied"
        raise SubmissionError(name, why, "Give yourself the right to read it (chmod -R u+rX)") from None
    except OSError as error:
        why = f"it cannot be opened ({error.strerror or 'an error without a name'})"
        raise SubmissionError(name, why, "Check the path") from None
    except ValueError:  # a NUL in it
        raise SubmissionError(name, "this is no name of a folder or a file", "Check the path") from None


def _refuse_packed_twice(path: Path, tree: Tree) -> None:
    wrapper = _sole_folder(tree)
    inside = () if wrapper is None else (wrapper,)
    files = [(*above, name) for above in {(), inside} for name in tree.files(above) if not is_noise(name)]
    folders = [name for name in tree.folders(inside) if not is_noise(name)]
    what = sanitize_line(path.name or str(path))
    if not files and not folders and not inside:
        raise SubmissionRefused(what, "there is nothing in it", "Hand in the task folders of the course")
    if len(files) == 1 and not folders and _archive_suffix(files[0][-1]):
        why = f"all that is in it is another archive, {shown(files[0])}"
        raise SubmissionRefused(what, why, "Hand in that one, or unpack it first")


def _sole_folder(tree: Tree) -> str | None:
    folders = [name for name in tree.folders(()) if not is_noise(name)]
    return folders[0] if len(folders) == 1 else None


def _archive_suffix(name: str) -> str:
    return max((suffix for suffix in ARCHIVE_SUFFIXES if name.lower().endswith(suffix)), key=len, default="")


def lines_of(path: Path, names: Collection[str] = ()) -> Callable[[str], Sequence[str] | None]:
    """Return a function that gives a file's lines in the submission at `path`, None if it cannot be read.

    An archive is opened once for all `names`, and once for each other file.
    """

    @cache
    def together() -> Mapping[str, Sequence[str] | None]:
        return _lines(path, names)

    def lines(file: str) -> Sequence[str] | None:
        return together()[file] if file in names else _lines(path, [file])[file]

    return lines


def _lines(path: Path, names: Collection[str]) -> Mapping[str, Sequence[str] | None]:
    found: dict[str, Sequence[str] | None] = dict.fromkeys(names)
    with suppress(SubmissionError), open_submission(path) as submission:
        for name in names:
            with suppress(Refused, OSError):  # a report is shown without its lines then
                data = submission.read(name)
                if data is not None:
                    found[name] = data.decode("utf-8-sig", errors="replace").split("\n")
    return found

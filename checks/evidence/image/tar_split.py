"""Rebuild a layer's tar from the files of Docker's older image store: the contents, and the bytes between them.

Docker unpacks a layer into a folder and records the other bytes of the tar (headers, padding, order) as lines of
JSON: `vbatts/tar-split`, `tar/storage/entry.go`. Both together give the same bytes as `docker save`. The folder
holds a student's files, so we open each folder relative to the one above it, and follow no link.
"""

import base64
import gzip
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

SEGMENT: Final = 2
"""The type of a line that has bytes as they stand; the others name a file of the folder."""
_AT_ONCE: Final = 2**18
_ZEROS: Final = bytes(_AT_ONCE)
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PLAIN_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def joined(split: Path, folder: Path, *, with_contents: bool) -> Iterator[bytes]:
    """Yield the tar, in chunks of about 256 KiB, with zeros for the contents unless `with_contents`.

    Raises `OSError`, `LookupError` or `ValueError` if `split` and `folder` do not belong together.
    """
    waiting: list[bytes] = []
    size = 0
    with _Files(folder) as files, gzip.open(split) as lines:
        for line in lines:
            for chunk in _bytes_of(json.loads(line), files, with_contents=with_contents):
                waiting.append(chunk)
                size += len(chunk)
                if size >= _AT_ONCE:
                    yield b"".join(waiting)
                    waiting, size = [], 0
    yield b"".join(waiting)


def _bytes_of(entry: dict[str, Any], files: "_Files", *, with_contents: bool) -> Iterator[bytes]:
    if entry["type"] == SEGMENT:
        yield base64.b64decode(entry["payload"])
    elif size := entry.get("size", 0):
        raw = entry.get("name_raw")
        name = base64.b64decode(raw) if raw else os.fsencode(entry["name"])
        yield from files.read(name, size) if with_contents else _nothing(size)


def _nothing(size: int) -> Iterator[bytes]:
    while size > _AT_ONCE:
        yield _ZEROS
        size -= _AT_ONCE
    yield _ZEROS[:size]


@dataclass
class _Files:
    """The files of one folder; keeps the last parent folder open, since the next file is mostly in it."""

    root: Path
    _open: int = field(init=False, default=-1)
    _parents: tuple[bytes, ...] = ()

    def __enter__(self) -> Self:
        self._open = os.open(self.root, _FOLDER)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._open)

    def read(self, name: bytes, size: int) -> Iterator[bytes]:
        """Yield the contents of a file; raise ValueError if it is shorter than `size`."""
        *parents, last = [part for part in name.split(b"/") if part not in (b"", b".")]
        self._enter(tuple(parents))
        handle = os.open(last, _PLAIN_FILE, dir_fd=self._open)
        with open(handle, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor, not a path
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise ValueError(f"{name!r} is not a regular file")
            while size:
                chunk = file.read(min(size, _AT_ONCE))
                if not chunk:
                    raise ValueError(f"{name!r} is {size} bytes too short")
                size -= len(chunk)
                yield chunk

    def _enter(self, parents: tuple[bytes, ...]) -> None:
        if parents == self._parents:
            return
        if b".." in parents:
            raise ValueError(f"{parents!r} leads out of the layer")
        os.close(self._open)
        self._open, self._parents = os.open(self.root, _FOLDER), ()
        for part in parents:
            below = os.open(part, _FOLDER, dir_fd=self._open)
            os.close(self._open)
            self._open = below
        self._parents = parents

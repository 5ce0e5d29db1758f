"""Find canaries inside packed files of a layer: archives, compressed files, encoded ones, also nested.

Bounds of depth and bytes limit each search, and it skips the rest: an archive bomb costs its bound and no more,
and does not stop the search of the other files.
"""

from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from checks.evidence.image.byte_stream import Budget, ByteStream, ImageTooLarge, ImageUnreadable, Limits
from checks.evidence.image.canaries import HITS_KEPT, Hits, Needle, Scanner, Stretch
from checks.evidence.image.unpacking import HEAD, UNREADABLE, Form, Part, form_of, is_binary

LARGE = 2**18
"""Bytes of a binary file from which on it is told to the search of a layer's bytes."""

PART = 512
"""Bytes that a part, or a piece of one, counts at least: a hundred thousand empty ones take a second to read."""


class Found(NamedTuple):
    """A form of a canary, the file that has it, and the packings around that file, outermost first."""

    needle: Needle
    path: str
    packing: tuple[str, ...] = ()

    @property
    def encoding(self) -> str:
        """The encodings of the canary, the innermost first: `base64 in gzip`."""
        own = () if self.needle.encoding == "raw" else (self.needle.encoding,)
        return " in ".join(reversed((*self.packing, *own))) or "raw"


class Allowance:
    """The bytes that we may unpack of one image, over all its layers."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._left = limits.all_packed_bytes

    @contextmanager
    def one_file(self) -> Iterator[Budget]:
        """Yield the budget of one file; on exit, suppress the error that ends the search of that file."""
        budget = Budget(replace(self._limits, bytes=min(self._limits.packed_bytes, self._left)))
        try:
            with suppress(ImageTooLarge):
                yield budget
        finally:
            self._left = max(0, self._left - budget.bytes_spent)


@dataclass(frozen=True, slots=True)
class FileSearch:
    """The search through the files of one layer; `binary` announces large binary files to the search of bytes."""

    scanner: Scanner
    allowance: Allowance
    binary: Stretch

    def look(self, path: str, size: int, stream: ByteStream) -> Collection[Found]:
        """Look into the file whose data comes next, and leave the stream somewhere in it."""
        end = stream.position + size
        head = stream.read(min(HEAD, size))
        form = form_of(head)
        if form is None:
            if size >= LARGE and is_binary(head):
                self.binary.until = end
            return ()
        with self.allowance.one_file() as budget:
            one = _OneFile(self.scanner, budget)
            one.look(form, chain((head,), stream.section(size - len(head))), _Places(path), ())
        return one.found


class _OneFile:
    """The search through one file of a layer."""

    def __init__(self, scanner: Scanner, budget: Budget) -> None:
        self._scanner = scanner
        self._budget = budget
        self._depth = 0
        self.found: dict[Found, None] = {}

    def look(self, form: Form, chunks: Iterable[bytes], within: "_Places", packing: tuple[str, ...]) -> None:
        """Search every part of a file, and record where each part of a tar is in the chunks."""
        self._depth += 1
        with _as_far_as_it_goes():
            for part in form.parts(chunks):
                self._budget.spend_member(len(part.name))
                self._budget.spend(PART)
                path = within.add(part)
                self._search(part, path, (*packing, form.name) if part.is_coded else packing)
        self._depth -= 1

    def _search(self, part: Part, path: str, packing: tuple[str, ...]) -> None:
        hits: Hits = {}
        places = _Places(path)
        chunks = iter(part.chunks)
        if part.is_coded:
            chunks = self._scanner.tap(self._budget.metered(chunks, PART), hits)
        try:
            with _as_far_as_it_goes():
                self._go_through(chunks, places, packing)
        finally:
            for needle, offsets in hits.items():
                if len(self.found) < HITS_KEPT:
                    self.found |= {Found(needle, places.at(offset), packing): None for offset in offsets}

    def _go_through(self, chunks: Iterator[bytes], places: "_Places", packing: tuple[str, ...]) -> None:
        head, chunks = _headed(chunks)
        form = form_of(head) if self._depth < self._budget.limits.packed_depth else None
        if form:
            self.look(form, chunks, places, packing)
        for _ in chunks:
            pass


@contextmanager
def _as_far_as_it_goes() -> Iterator[None]:
    """Suppress the errors of damaged or misjudged data, so that the search covers the data before them."""
    try:
        yield
    except ImageTooLarge:
        raise
    except (ImageUnreadable, *UNREADABLE):
        pass


class _Places:
    """The parts of a tar by their byte in a stream; `path` is the stream's."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._ends = array("Q")
        self._paths: list[str] = []

    def add(self, part: Part) -> str:
        """Return the path of a part, and record it if the part says where it ends."""
        path = f"{self._path}!/{part.name.removeprefix('./')}" if part.name else self._path
        if part.end:
            self._ends.append(part.end)
            self._paths.append(path)
        return path

    def at(self, offset: int) -> str:
        """Return the path of the part at an offset, or of the stream."""
        index = bisect_right(self._ends, offset)
        return self._paths[index] if index < len(self._paths) else self._path


def _headed(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first bytes, and all chunks including these bytes."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= HEAD:
            break
    return head[:HEAD], chain((head,), chunks)

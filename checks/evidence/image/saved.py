"""Read the archive of `docker save` in one pass, with its members in any order.

Two layouts: Engine 25 and newer write an OCI layout (`blobs/sha256/<digest>`, and Docker's own `manifest.json`
beside it); older engines write `<id>/layer.tar`, with symlinks for layers that occur twice. The manifest may follow
the layers, so we recognise a member by its first block, never by its name. The same pass lists each layer and
searches it for canaries, compressed or not.

containerd's store writes compressed layers, named by the digest of the compressed bytes, and the configuration
between them. So we know the layers of the base only at the end, search them in vain (0.3 s of 0.8 s for the 148 MB
of python-slim), and drop their matches (`image.py`).
"""

import json
import posixpath
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import zstandard

from checks.evidence.image.byte_stream import Budget, ByteStream, ImageTooLarge, ImageUnreadable
from checks.evidence.image.canaries import Hits, Scanner, Stretch
from checks.evidence.image.layers import Contents, Listing
from checks.evidence.image.nested import Allowance, FileSearch, Found
from checks.evidence.image.tar_headers import BLOCK, Member, looks_like_tar, members
from checks.evidence.image.unpacking import form_of, inflated, zstd_bytes

COMPRESSED = {"gzip": inflated, "zstd": zstd_bytes}
"""How layers may be compressed (OCI image-spec, media types of layers)."""


@dataclass(frozen=True, slots=True)
class ReadLayer:
    """A layer's contents, and the canaries found in it."""

    contents: Contents
    hits: tuple[Found, ...] = ()


@dataclass(slots=True)
class LayerReader:
    """Read the layers of one image within one budget."""

    budget: Budget
    scanner: Scanner
    allowance: Allowance = field(init=False)

    def __post_init__(self) -> None:
        self.allowance = Allowance(self.budget.limits)

    def read(self, name: str, head: bytes, rest: Iterable[bytes], *, is_searched: bool) -> ReadLayer | None:
        """Return the layer whose first block is `head`; None if `head` does not begin a layer."""
        chunks = chain((head,), rest)
        if looks_like_tar(head):
            return self._plain(name, chunks, is_searched=is_searched)
        if (form := form_of(head)) and form.name in COMPRESSED:
            unpacked = self.budget.metered(_inflated(form.name, chunks, name))
            return self._plain(name, unpacked, is_searched=is_searched)
        return None

    def _plain(self, name: str, chunks: Iterable[bytes], *, is_searched: bool) -> ReadLayer:
        hits: Hits = {}
        search = None
        if is_searched and self.scanner.is_looking:
            search = FileSearch(self.scanner, self.allowance, Stretch())
            chunks = self.scanner.tap(chunks, hits, search.binary)
        listing = Listing(ByteStream(chunks, f"layer {name}"), self.budget, search)
        found = [Found(needle, listing.path_at(at)) for needle, ats in hits.items() for at in ats]
        return ReadLayer(listing.contents(), tuple(dict.fromkeys(found + listing.found)))


def _inflated(form: str, chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Yield the decompressed bytes of a layer; raise `ImageUnreadable` if it is damaged."""
    try:
        yield from COMPRESSED[form](chunks)
    except (zlib.error, zstandard.ZstdError):
        raise ImageUnreadable(f"layer {name} is damaged: its {form} data cannot be read") from None


@dataclass(slots=True)
class SavedArchive:
    """The layers, documents and links of an archive, under its own member names."""

    reader: LayerReader
    known_layers: Collection[str]  # diff ids of layers older than the canaries, which cannot contain one
    layers: dict[str, ReadLayer] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    @property
    def budget(self) -> Budget:
        """The budget of its reader."""
        return self.reader.budget

    def read(self, chunks: Iterable[bytes]) -> None:
        """Read the whole stream."""
        stream = ByteStream(self.budget.metered(chunks), "the archive of the image")
        for member in members(stream, self.budget.limits.header_bytes):
            name = posixpath.normpath(member.name)
            self.budget.spend_member(len(name))
            if member.kind == "link":
                self.links[name] = posixpath.normpath(posixpath.join(posixpath.dirname(name), member.target))
            elif member.kind == "file":
                self._take(name, member, stream)
        stream.drain()

    def _take(self, name: str, member: Member, stream: ByteStream) -> None:
        head = stream.read(min(BLOCK, member.stored))
        rest = stream.section(member.stored - len(head))
        if head.lstrip()[:1] in {b"{", b"["} and b"\0" not in head:  # a tar header has zeros, JSON has none
            self.documents[name] = self._document(member, chain((head,), rest))
            return
        is_searched = f"sha256:{posixpath.basename(name)}" not in self.known_layers
        if layer := self.reader.read(name, head, rest, is_searched=is_searched):
            self.layers[name] = layer

    def _document(self, member: Member, chunks: Iterable[bytes]) -> bytes:
        if member.stored > self.budget.limits.document_bytes:
            raise ImageTooLarge("document_bytes", self.budget.limits.document_bytes)
        return b"".join(chunks)

    def layer(self, name: str) -> ReadLayer:
        """Return the layer with that name in the manifest, through the links of the older layout."""
        name = posixpath.normpath(name)
        name = self.links.get(name, name)  # they lead to a layer, never to another link
        if name not in self.layers:
            raise ImageUnreadable(f"layer {name} is not in the archive")
        return self.layers[name]

    def document(self, name: str) -> Any:
        """Return a JSON document of the archive; raise `ImageUnreadable` if it is missing or damaged."""
        if name not in self.documents:
            raise ImageUnreadable(f"{name} is not in the archive: it is not what `docker save` writes")
        try:
            return json.loads(self.documents[name])
        except (ValueError, RecursionError):
            raise ImageUnreadable(f"{name} of the archive is no JSON") from None

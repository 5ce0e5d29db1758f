"""One layer, listed and searched for canaries in one pass over its bytes, compressed or not."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

import zstandard

from checks.evidence.bytestream import Budget, ByteStream, ImageUnreadable
from checks.evidence.canaries import Hits, Scanner, Stretch
from checks.evidence.layers import Contents, Listing
from checks.evidence.nested import Allowance, FileSearch, Found
from checks.evidence.tarheaders import looks_like_tar
from checks.evidence.unpacking import form_of, inflated, zstd_bytes

COMPRESSED = {"gzip": inflated, "zstd": zstd_bytes}
"""How layers may be compressed (OCI image-spec, media types of layers)."""


@dataclass(frozen=True, slots=True)
class ReadLayer:
    """A layer's contents, and where it has which canary."""

    contents: Contents
    hits: tuple[Found, ...] = ()


@dataclass(slots=True)
class LayerReader:
    """Reads the layers of one image, all on one budget."""

    budget: Budget
    scanner: Scanner
    allowance: Allowance = field(init=False)

    def __post_init__(self) -> None:
        self.allowance = Allowance(self.budget.limits)

    def read(self, name: str, head: bytes, rest: Iterable[bytes], *, is_searched: bool) -> ReadLayer | None:
        """The layer whose first block is `head`; None when that begins no layer."""
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
    """The layer that was compressed."""
    try:
        yield from COMPRESSED[form](chunks)
    except (zlib.error, zstandard.ZstdError):
        raise ImageUnreadable(f"layer {name} is damaged: its {form} data cannot be read") from None

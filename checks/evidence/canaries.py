"""Planted values, and where an image carries them: one search over the bytes as they stream by.

A canary is a random value put where a student might leak it. It is looked for as it is, and as what common
tools would turn it into: base64 at each of its three offsets (also wrapped over lines), hex, UTF-16,
reversed. What is inside a compressed file of a layer (gzip, zip, a wheel) is **not** unpacked and searched.
"""

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

SHORTEST = 16
"""Bytes a canary must have: half of its base64 form must not come up by chance in gigabytes."""
HITS_KEPT = 1000
"""How often one form of a canary is looked up in one layer; what comes after changes no verdict."""

Encoding = Literal["raw", "base64", "hex", "utf-16", "reversed"]
Where = int | Literal["config", "history"]


@dataclass(frozen=True, slots=True)
class Canary:
    """A planted value. `name` says where it was planted ("api key in .env")."""

    name: str
    value: bytes

    def __post_init__(self) -> None:
        if len(self.value) < SHORTEST:
            raise ValueError(f"canary {self.name!r} is shorter than {SHORTEST} bytes")


@dataclass(frozen=True, slots=True)
class Match:
    """A canary that was found. `where`: the index of a layer, or the document.

    `path`: the file, from the image's root, whose name, link target or content has it ("" when it is in no
    file), or the place in the document (`config.Env[2]`).
    """

    canary: Canary
    encoding: Encoding
    where: Where
    path: str


class Needle(NamedTuple):
    """What is searched: when `anchor` comes up, `whole` must be around it once line ends are taken out."""

    canary: Canary
    encoding: Encoding
    anchor: bytes
    whole: bytes


Hits = dict[Needle, list[int]]
"""For each needle, the offsets in the stream where its anchor begins."""


class Scanner:
    """All forms of all canaries."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        self._needles = tuple(needle for canary in canaries for needle in _needles(canary))
        longest = max((len(needle.whole) for needle in self._needles), default=0)
        self._reach = 2 * longest + 4  # room for the whole form and its line ends on either side

    def tap(self, chunks: Iterable[bytes], hits: Hits) -> Iterator[bytes]:
        """Pass chunks on, adding to `hits` what is in them or lies across their borders."""
        tail = b""
        offset = 0
        for chunk in chunks:
            if tail:
                self._search(tail + chunk[: self._reach], offset - len(tail), hits)
            self._search(chunk, offset, hits)
            tail = (tail + chunk)[-self._reach :] if len(chunk) < self._reach else chunk[-self._reach :]
            offset += len(chunk)
            yield chunk

    def _search(self, data: bytes, offset: int, hits: Hits) -> None:
        for needle in self._needles:
            at = data.find(needle.anchor)
            while at >= 0 and len(hits.setdefault(needle, [])) < HITS_KEPT:
                if self._is_whole(needle, data, at):
                    hits[needle].append(offset + at)
                at = data.find(needle.anchor, at + len(needle.anchor))

    def _is_whole(self, needle: Needle, data: bytes, at: int) -> bool:
        if needle.anchor == needle.whole:
            return True
        around = data[max(0, at - self._reach) : at + self._reach]
        return needle.whole in around.translate(None, b"\r\n")

    def in_document(self, strings: Iterable[tuple[str, str]], where: Where) -> Iterator[Match]:
        """Matches in `(place, text)` pairs of a JSON document."""
        for place, text in strings:
            hits: Hits = {}
            self._search(text.encode("utf-8", "surrogatepass"), 0, hits)
            yield from (
                Match(needle.canary, needle.encoding, where, place) for needle in hits if hits[needle]
            )


def _needles(canary: Canary) -> Iterator[Needle]:
    for encoding, whole in dict.fromkeys(_forms(canary.value)):
        if encoding == "base64":  # a line end may cut it once, so one half is always in one piece
            half = len(whole) // 2
            yield Needle(canary, encoding, whole[:half], whole)
            yield Needle(canary, encoding, whole[half:], whole)
        else:
            yield Needle(canary, encoding, whole, whole)


def _forms(value: bytes) -> Iterator[tuple[Encoding, bytes]]:
    yield "raw", value
    yield "reversed", value[::-1]
    yield "hex", value.hex().encode()
    yield "hex", value.hex().upper().encode()
    yield "utf-16", b"\0".join(value[i : i + 1] for i in range(len(value)))  # what both byte orders share
    for offset in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield "base64", _base64_core(encode(bytes(offset) + value), offset)


def _base64_core(encoded: bytes, offset: int) -> bytes:
    """The characters that depend on the value alone, not on its neighbours."""
    padding = encoded.count(b"=")
    return encoded[(0, 2, 3)[offset] : len(encoded) - (0, 2, 3)[padding]]


def unique(matches: Iterable[Match]) -> Sequence[Match]:
    """Each match once, in order."""
    return tuple(dict.fromkeys(matches))

r"""Plant canaries, and find them in an image with one search over its stream of bytes.

A canary is a random value put where a student might leak it. The search looks for the value itself, and for the
forms that common tools turn it into: base64 at each of its three offsets (both alphabets), hex (also as
`0x6b, 0x37` and `\x6b\x37`), both of them in lines, indented, quoted or with blanks between; UTF-16; reversed.
`checks.evidence.image.nested` searches packed files.
"""

import base64
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

SHORTEST = 16
"""Bytes a canary must have, so that none of its forms comes up by chance in gigabytes."""
HITS_KEPT = 1000
"""How often one form of a canary is looked up in one layer; what comes after changes no verdict."""

_SEPARATORS = b" \t\r\n\v\f:,\\\"'"
_ANY_SEPARATORS = b"[" + re.escape(_SEPARATORS) + b"]*+"
_FOLDED = {"base64", "hex"}
_ONE_ALPHABET = bytes.maketrans(b"-_", b"+/")
_EITHER = {ord("+"): b"[+-]", ord("/"): b"[/_]"}

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


def plant(names: Iterable[str]) -> tuple[Canary, ...]:
    """Return a new canary for each name. All share a prefix, so that many are as quick to find as one."""
    marker = secrets.token_hex(12)
    return tuple(Canary(name, f"{marker}{secrets.token_hex(6)}".encode()) for name in names)


@dataclass(frozen=True, slots=True)
class Match:
    """A canary that the search found. `where`: the index of a layer, or the document.

    `encoding`: one of `Encoding`, or how it is packed (`gzip`, `base64 in zip`). `path`: the file, from the
    image's root, whose name, link target or content has it ("" if it is outside of files), or the place in the
    document (`config.Env[2]`). The part after `!/` is a path inside an archive.
    """

    canary: Canary
    encoding: str
    where: Where
    path: str


class Needle(NamedTuple):
    """One form of one canary; for base64 and hex, the search drops separators, and maps base64 to one alphabet."""

    canary: Canary
    encoding: Encoding
    form: bytes

    def is_in(self, data: bytes, folded: bytes) -> bool:
        """Whether it is in `data`; `folded` is the copy of `data` without separators."""
        return self.form in (folded if self.encoding in _FOLDED else data)

    def offsets(self, data: bytes) -> Iterator[int]:
        """Yield the offsets where it begins in `data`, in either alphabet, with separators anywhere."""
        pattern = re.escape(self.form)
        if self.encoding in _FOLDED:
            pattern = _ANY_SEPARATORS.join(_EITHER.get(char, b"%c" % char) for char in self.form)
        return (match.start() for match in re.finditer(pattern, data))


Hits = dict[Needle, list[int]]
"""For each needle, the offsets in the stream where it begins."""


@dataclass(slots=True)
class Stretch:
    """The part of a stream, up to a byte, that one large binary file fills, without text with separators.

    There, the search omits its most expensive step, the removal of separators.
    """

    until: int = 0


class Scanner:
    """The search for all forms of all canaries."""

    def __init__(self, canaries: Sequence[Canary]) -> None:
        self._needles = [needle for canary in canaries for needle in _needles(canary)]
        shared = _shared_beginning([canary.value for canary in canaries])
        alike = len(canaries) > 1 and len(shared) >= SHORTEST
        self._first = list(_needles(Canary("", shared))) if alike else self._needles
        # The alphabets differ in two characters; if no form has one of them, we need not map one to the other.
        has_either = any(set(needle.form) & set(_EITHER) for needle in self._needles)
        self._alphabet = _ONE_ALPHABET if has_either else None
        longest = max((len(needle.form) for needle in self._needles), default=0)
        self._reach = 4 * longest  # room for separators

    @property
    def is_looking(self) -> bool:
        """Whether it has any canary to look for."""
        return bool(self._needles)

    def tap(
        self,
        chunks: Iterable[bytes],
        hits: Hits,
        binary: Stretch = Stretch(),  # noqa: B008 - left as it is
    ) -> Iterator[bytes]:
        """Pass chunks on, and add to `hits` the canaries in them and across their borders.

        The reader of the chunks may announce in `binary` that a binary file comes next.
        """
        tail = b""
        offset = 0
        for chunk in chunks:
            if self._reach:
                self._search(tail + chunk[: self._reach], offset - len(tail), hits)
                self._search(chunk, offset, hits, is_binary=offset + len(chunk) <= binary.until)
                tail = (tail + chunk[-self._reach :])[-self._reach :]
            offset += len(chunk)
            yield chunk

    def _search(self, data: bytes, offset: int, hits: Hits, *, is_binary: bool = False) -> None:
        folded = data if is_binary else data.translate(self._alphabet, _SEPARATORS)
        if not any(needle.is_in(data, folded) for needle in self._first):
            return
        for needle in self._needles:
            found = hits.setdefault(needle, [])
            if len(found) < HITS_KEPT and needle.is_in(data, folded):
                found.extend(offset + at for at in needle.offsets(data))
                del found[HITS_KEPT:]

    def in_document(self, strings: Iterable[tuple[str, str]], where: Where) -> Iterator[Match]:
        """Yield the matches in `(place, text)` pairs of a JSON document."""
        for place, text in strings:
            hits: Hits = {}
            self._search(text.encode("utf-8", "surrogatepass"), 0, hits)
            found = (needle for needle, offsets in hits.items() if offsets)
            yield from (Match(needle.canary, needle.encoding, where, place) for needle in found)


def _shared_beginning(values: Sequence[bytes]) -> bytes:
    if not values:
        return b""
    low, high = min(values), max(values)
    return low[: next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))]


def _needles(canary: Canary) -> Iterator[Needle]:
    return (Needle(canary, *form) for form in dict.fromkeys(_forms(canary.value)))


def _forms(value: bytes) -> Iterator[tuple[Encoding, bytes]]:
    yield "raw", value
    yield "reversed", value[::-1]
    yield "hex", value.hex().encode()
    yield "hex", value.hex().upper().encode()
    yield "hex", b"".join(b"0x%02x" % byte for byte in value)
    yield "hex", b"".join(b"x%02x" % byte for byte in value)
    yield "utf-16", b"\0".join(value[i : i + 1] for i in range(len(value)))  # both byte orders contain this
    for offset in range(3):
        yield "base64", _base64_core(base64.b64encode(bytes(offset) + value), offset)


def _base64_core(encoded: bytes, offset: int) -> bytes:
    """Return the characters that depend only on the value, not on its neighbours."""
    padding = encoded.count(b"=")
    return encoded[(0, 2, 3)[offset] : len(encoded) - (0, 2, 3)[padding]]


def unique(matches: Iterable[Match]) -> Sequence[Match]:
    """Return each match once, in order."""
    return tuple(dict.fromkeys(matches))

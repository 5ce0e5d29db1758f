"""Values of a Compose file: numbers in Go's syntax, and texts with a syntax of their own.

The syntax is that of the Compose Specification ("Specifying durations", "Specifying byte values", "ports",
"volumes"). Numbers follow Go: `1_000`, `0b11` and `-0x10` are numbers, though YAML 1.2 reads some as text, and
`010` is eight.
"""

import ipaddress
import math
import re
from dataclasses import dataclass, field

MAX_CHARACTERS = 64  # characters of a number; people do not write longer ones
_WHOLE = re.compile(
    r"(?P<sign>[-+]?)"
    r"(?:0[xX](?P<x>[0-9a-fA-F]+)|0[bB](?P<b>[01]+)|0[oO]?(?P<o>[0-7]+)|(?P<d>0|[1-9][0-9]*))"
)
_REAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BASES = {"x": 16, "b": 2, "o": 8, "d": 10}


def number_of(text: str) -> int | float | None:
    """Return the number that a plain scalar denotes; None for text."""
    if len(text) > MAX_CHARACTERS or text.startswith("_"):
        return None
    plain = text.replace("_", "")
    if whole := _WHOLE.fullmatch(plain):
        digits = str(whole.lastgroup)
        return int(whole["sign"] + whole[digits], _BASES[digits])
    value = float(plain) if _REAL.fullmatch(plain) else math.inf
    return value if math.isfinite(value) else None


# A number in Go's syntax, limited to a length that people would write.
_NUMBER = r"(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})"
_SIZE = re.compile(
    rf"(?P<number>\+?{_NUMBER}(?:[eE][-+]?[0-9]{{1,2}})?) ?(?:b|(?P<unit>[kmgtp])(?:i?b)?)?", re.IGNORECASE
)
_DURATION_PART = re.compile(rf"({_NUMBER})(ns|us|µs|μs|ms|[smhdw])")
_DURATION = re.compile(rf"\+?(?:{_NUMBER}(?:ns|us|µs|μs|ms|[smhdw])){{1,20}}")
_SECONDS = {
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3,
    "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0,
}  # fmt: skip
_MOST_SECONDS = 2**63 / 1e9  # Go counts nanoseconds in 64 bits
_MOST_BYTES = 2**63 - 1
_PORT = re.compile(
    r"(?:(?P<ip>\[[0-9a-fA-F:.]+\]|[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+):(?=.*:))?"
    r"(?:(?P<published>[0-9]{1,5}(?:-[0-9]{1,5})?)?:)?"
    r"(?P<target>[0-9]{1,5}(?:-[0-9]{1,5})?)(?:/(?P<protocol>tcp|udp|sctp)?)?",
    re.IGNORECASE,
)
_WINDOWS = re.compile(r"[A-Za-z]:[\\/]")
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Port:
    """One published port, or the first of `count` consecutive ones: a range is never expanded.

    `published` is None if the system chooses the port, `host_ip` is "" for all addresses. If `choices` is more
    than 1, Docker takes a free port of the host among that many, starting at `published`.
    """

    target: int
    published: int | None
    host_ip: str
    protocol: str
    line: int
    count: int = 1
    choices: int = field(default=1, compare=False)

    def maps(self, port: int) -> bool:
        """Return whether this port of the container is published on the same port of the host."""
        return self.inside(port) == port

    def inside(self, outside: int) -> int | None:
        """Return the port of the container that is published on this port of the host; None if there is none."""
        if self.published is None or self.choices != 1:
            return None
        place = outside - self.published
        return self.target + place if 0 <= place < self.count else None


@dataclass(frozen=True, slots=True)
class ShortMount:
    """The parts of `source:target:options`; `source` is "" for an anonymous volume.

    `is_whole` is False if a part is empty or if there are too many parts.
    """

    source: str
    target: str
    options: tuple[str, ...]
    is_whole: bool = True

    @property
    def is_bind(self) -> bool:
        """Whether `source` is a path on the host, not the name of a volume."""
        return self.source.startswith((".", "/", "~")) or bool(_WINDOWS.match(self.source))


def size_in_bytes(text: str) -> int | None:
    """Parse `512m`, `.5gb` or `1048576`: as in Docker, units are powers of 1024; None if it is not a size."""
    found = _SIZE.fullmatch(text)
    if found is None:
        return None
    power = " kmgtp".index((found["unit"] or " ").lower())
    return int(min(float(found["number"]) * 1024**power, _MOST_BYTES))


def seconds(text: str) -> float | None:
    """Parse `1m30s` or `.5s`; None if it is not a duration, for example a number without a unit."""
    if text == "0":
        return 0.0
    if not _DURATION.fullmatch(text):
        return None
    found = sum(float(number) * _SECONDS[unit] for number, unit in _DURATION_PART.findall(text))
    return found if found < _MOST_SECONDS else None


def short_port(text: str, line: int) -> Port | None:
    """Parse `8000`, `8000:80` or `127.0.0.1:8000-8002:80-82/udp`; None if it is not a port."""
    found = _PORT.fullmatch(text)
    if found is None or not is_address((found["ip"] or "").strip("[]")):
        return None
    targets, published = _range(found["target"]), _range(found["published"])
    if targets is None or not targets[0] or (found["published"] and published is None):
        return None
    if published is not None and len(published) != len(targets) > 1:
        return None
    ip, protocol = (found["ip"] or "").strip("[]"), (found["protocol"] or "tcp").lower()
    outside = published[0] if published is not None else None
    choices = len(published) if published is not None and len(targets) == 1 else 1
    return Port(targets[0], outside, ip, protocol, line, len(targets), choices)


def is_address(text: str) -> bool:
    """Return whether the text is an IPv4 or IPv6 address; "" stands for all addresses and passes."""
    try:
        ipaddress.ip_address(text or "::")
    except ValueError:
        return False
    return True


def short_mount(text: str) -> ShortMount:
    """Split a mount into its parts; the colon of a drive letter does not separate."""
    drive, rest = (text[:2], text[2:]) if _WINDOWS.match(text) else ("", text)
    first, *others = rest.split(":")
    if not others:
        return ShortMount("", drive + first, ())
    options = others[1].split(",") if len(others) > 1 else ()
    is_whole = all((drive + first, *others)) and len(others) <= 2  # noqa: PLR2004 - a target and its options
    return ShortMount(drive + first, others[0], tuple(options), is_whole)


def _range(text: str | None) -> range | None:
    if not text:
        return None
    first, _, last = text.partition("-")
    ports = range(int(first), int(last or first) + 1)
    return ports if ports and ports[-1] <= _HIGHEST_PORT else None

"""Values that instructions take: JSON arrays, durations, platforms, signals.

The parsers follow Go's JSON for the exec form of RUN, CMD and COPY (any other text is a shell form); Go's
`time.ParseDuration` (`1m30s`, `.5s`, `0`); containerd's platforms (`linux/arm64/v8`); signal(7) for STOPSIGNAL,
with or without `SIG`, or any number but 0.
"""

import json
import re

from checks.parsing.text.decoding import SPACE
from checks.parsing.text.problems import Refused


def strings(text: str) -> tuple[str, ...] | None:
    """Return the strings of a JSON array, or None for other text (Docker takes it for a shell form).

    Raises Refused for an array of other values, as Docker refuses it.
    """
    text = text.strip(SPACE)
    if not text.startswith("["):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(item, str) for item in found):
        raise Refused("a JSON array of an instruction can hold strings only")
    return tuple(_printable(item) for item in found)


def is_json(text: str) -> bool:
    """Whether Docker takes the text for a JSON form, valid or not."""
    try:
        return strings(text) is not None
    except Refused:
        return True


def _printable(text: str) -> str:
    r"""Replace lone surrogates (`"\ud800"`), as Go does; they cannot be written to any file."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PART = re.compile(r"([0-9]{0,20})(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)")
_WHOLE = re.compile(rf"[+-]?(?:(?=\.?[0-9]){_PART.pattern})+")
MOST = 2**63 - 1


def nanoseconds(text: str) -> int | None:
    """Parse a duration; None if it is invalid: without a unit, or longer than 292 years."""
    if text.lstrip("+-") == "0" and len(text) <= len("+0"):
        return 0
    if not _WHOLE.fullmatch(text):
        return None
    total = sum(_length(*match) for match in _PART.findall(text))
    return None if total > MOST else -total if text.startswith("-") else total


def _length(whole: str, fraction: str, unit: str) -> int:
    kept = fraction[:18]
    size = _UNITS[unit]
    return int(whole or 0) * size + int(kept or 0) * size // int("1" + "0" * len(kept))


# A platform of one part must be a system, or an architecture under any of its names, that Go knows.
_SYSTEMS = re.compile(
    "aix|android|darwin|macos|dragonfly|freebsd|hurd|illumos|ios|js|linux|nacl|netbsd|openbsd|plan9|solaris|"
    "windows|zos"
)
_ARCHITECTURES = re.compile(
    "386|i386|amd64|amd64p32|x86_64|x86-64|arm|armbe|armhf|armel|arm64|arm64be|aarch64|ppc|ppc64|ppc64le|"
    "loong64|mips|mipsle|mips64|mips64le|mips64p32|mips64p32le|riscv|riscv64|s390|s390x|sparc|sparc64|wasm"
)
_PLATFORM_PART = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)
_SYSTEM = re.compile(r"[A-Za-z0-9_-]+(?:\([A-Za-z0-9_.%-]*(?:\+[A-Za-z0-9_.%-]+)*\))?", re.ASCII)
MAX_PARTS = 3


def check_platform(text: str, written: str) -> None:
    """Raise Refused for an invalid platform; `written` is its text in the file."""
    if not text:
        raise Refused(f"--platform is empty: `{written}` comes to nothing here")
    system, *rest = text.split("/")
    valid = _SYSTEM.fullmatch(system) and all(map(_PLATFORM_PART.fullmatch, rest)) and len(rest) < MAX_PARTS
    if not valid or not (rest or _is_known(system.lower())):
        raise Refused(f"--platform `{text}` is no platform: linux/amd64 or linux/arm64, say")


def _is_known(word: str) -> bool:
    return bool(_SYSTEMS.fullmatch(word.partition("(")[0]) or _ARCHITECTURES.fullmatch(word))


_NAMES = re.compile(
    "ABRT|ALRM|BUS|CHLD|CLD|CONT|FPE|HUP|ILL|INT|IO|IOT|KILL|PIPE|POLL|PROF|PWR|QUIT|SEGV|STKFLT|STOP|SYS|TERM|"
    "TRAP|TSTP|TTIN|TTOU|URG|USR1|USR2|VTALRM|WINCH|XCPU|XFSZ|"
    r"RTMIN(?:\+(?:[1-9]|1[0-5]))?|RTMAX(?:-(?:[1-9]|1[0-4]))?"
)
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


def is_signal(text: str) -> bool:
    """Whether the text is a signal that can stop a container."""
    if _NUMBER.fullmatch(text):
        return int(text) != 0
    return _NAMES.fullmatch(text.upper().removeprefix("SIG")) is not None

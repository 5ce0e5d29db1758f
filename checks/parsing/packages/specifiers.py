"""A requirement as pip reads it: a specifier, URL or path, whether it is pinned, and whether its marker applies.

The marker variables are those of PyPA's "Dependency specifiers" (PEP 508). A Dockerfile does not say the machine
and its kernel, so this module tries several values; a marker that is true for only some of them is uncertain.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal

from packaging.markers import Marker
from packaging.requirements import Requirement as Specifier
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename

MAX_LINE = 20_000  # characters of one requirement

_URL = re.compile(r"(?:[a-z]+\+)?(?:https?|ftp|file|ssh|git)://|[a-z]+\+[a-z]+:|file:", re.IGNORECASE)
_PATH = re.compile(r"\.{0,2}/|\.{1,2}(?:\[|$)|~/")
_ARCHIVES = (".whl", ".tar.gz", ".zip")
_NAMED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*[\[=<>!~]")
_COMMIT = re.compile(r"@[0-9a-f]{40}(?:$|[#?])")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_URL_HASH = re.compile(r"[#&](?:sha256|sha384|sha512)=[0-9a-f]{64,}")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One package to install. `name` is normalised (PEP 503), empty for a path or URL without one.

    `version` is the exact one that it asks for, or empty. `reason` says why it is invalid; `raw` keeps the text
    of an invalid one, `name` its name if that is clear. `line` is the line in its file.
    """

    raw: str
    line: int = 1
    name: str = ""
    extras: frozenset[str] = frozenset()
    specifier: str = ""
    version: str = ""
    url: str = ""
    marker: str = ""
    hashes: tuple[str, ...] = ()
    editable: bool = False
    reason: str = ""

    @property
    def pinned(self) -> bool:
        """Whether it always means one version: `==`, `===`, a hash, a wheel's name or a full commit."""
        exact_url = bool(_COMMIT.search(self.url) if "+" in self.url else _URL_HASH.search(self.url))
        return not self.reason and bool(self.version or self.hashes or exact_url)


def parse_requirement(text: str, *, line: int = 1) -> Requirement:
    """Parse one requirement as pip does: a specifier, a URL, or a path. Never raises."""
    text = text.strip()
    if len(text) > MAX_LINE:
        reason = f"it has {len(text)} characters; more than {MAX_LINE} are not read"
        return Requirement(text[:100], line, reason=reason)
    bare = text.partition("[")[0].partition(" ;")[0]
    if _URL.match(text) or _PATH.match(text) or (bare.endswith(_ARCHIVES) and "@" not in bare):
        return _located(text, line)
    try:
        specifier = Specifier(text)
    except (ValueError, RecursionError) as error:  # packaging's own error is a ValueError
        named = _NAMED.match(text)
        reason = str(error).partition("\n")[0] or "it cannot be read"
        return Requirement(text, line, canonicalize_name(named[1]) if named else "", reason=reason)
    return Requirement(
        raw=text,
        line=line,
        name=canonicalize_name(specifier.name),
        extras=frozenset(canonicalize_name(extra) for extra in specifier.extras),
        specifier=str(specifier.specifier),
        version=_exact(specifier) or _named_version(specifier.url or "")[1],
        url=specifier.url or "",
        marker=str(specifier.marker or ""),
    )


def _exact(specifier: Specifier) -> str:
    """Return the version after `==` or `===`, or "" for a wildcard or other operators."""
    exact = [one.version for one in specifier.specifier if one.operator in {"==", "==="}]
    return next((version for version in exact if not version.endswith(".*")), "")


def _located(text: str, line: int) -> Requirement:
    """Parse a URL or a path; its name comes from the wheel or source archive, or from `#egg=`."""
    where = text.partition(" ;")[0]
    name, version = _named_version(where)
    egg = _EGG.search(where)
    name = name or (canonicalize_name(egg[1]) if egg else "")
    return Requirement(text, line, name, version=version, url=where)


def _named_version(where: str) -> tuple[str, str]:
    """Return the name and version in the file name of a wheel or a source archive, or two ""."""
    filename = where.partition("#")[0].partition("?")[0].rsplit("/", 1)[-1]
    try:
        if filename.endswith(".whl"):
            name, version, *_ = parse_wheel_filename(filename)
        else:
            name, version = parse_sdist_filename(filename)
    except ValueError:  # both of packaging's own errors are ValueErrors
        return "", ""
    return name, str(version)


Truth = Literal["always", "never", "depends"]

MAX_LENGTH = 1_000  # characters of a marker to evaluate; people write a few dozen
MAX_DIGITS = 4  # of one part of a version
_RELEASE = re.compile(rf"([23])(?:\.(\d{{1,{MAX_DIGITS}}}))?(?:\.(\d{{1,{MAX_DIGITS}}}))?(?!\d)", re.ASCII)
_MINORS = range(5, 20)  # tried if only Python 3 is known
_PATCHES = (0, 99)
_FIXED = {
    "os_name": "posix",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
    "extra": "",  # pip gets extras in brackets; outside of them, it has none
}
_MACHINES = ("x86_64", "aarch64")
_KERNELS = ("", "0", "6.1.0", "9999", "zzz")


@lru_cache(maxsize=1024)
def truth_of(marker: str, python: str) -> Truth:
    """Evaluate a marker for a Python version, given as exactly as known: `3.8.12`, `python3.8`, `3` or "".

    An empty marker is always true; an invalid one "depends".
    """
    if not marker:
        return "always"
    try:
        found = {Marker(marker).evaluate(dict(place)) for place in _places(marker, python)}
    except (ValueError, RecursionError, KeyError):  # packaging's own errors are ValueErrors
        return "depends"
    return "depends" if len(found) != 1 else "always" if found == {True} else "never"


def _places(marker: str, python: str) -> Iterator[Mapping[str, str]]:
    """Yield every environment that the image may have, varying only what the marker tests."""
    if len(marker) > MAX_LENGTH:
        raise ValueError(f"a marker of {len(marker)} characters")
    machines = _MACHINES if "machine" in marker else _MACHINES[:1]
    kernels = _KERNELS if re.search("platform.(?:release|version)", marker) else _KERNELS[:1]
    for (major, minor, patch), machine, kernel in product(_releases(python), machines, kernels):
        full = f"{major}.{minor}.{patch}"
        yield {
            **_FIXED,
            "python_version": f"{major}.{minor}",
            "python_full_version": full,
            "implementation_version": full,
            "platform_machine": machine,
            "platform_release": kernel,
            "platform_version": kernel,
        }


def _releases(python: str) -> Iterator[tuple[str, int, int]]:
    told = _RELEASE.search(python)
    major, minor, patch = told.groups() if told else ("3", None, None)
    minors = [int(minor)] if minor else _MINORS
    patches = [int(patch)] if patch else _PATCHES
    yield from ((major, each, last) for each in minors for last in patches)

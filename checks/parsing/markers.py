"""Whether the marker of a requirement is true in an image: Linux, CPython, and the Python that installs.

The variables are those of the "Dependency specifiers" of the PyPA (PEP 508). What a Dockerfile does not tell, the
machine and its kernel, is tried with several values: a marker that is true with some of them depends.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Literal

from packaging.markers import Marker

Truth = Literal["always", "never", "depends"]

MAX_LENGTH = 1_000  # characters of a marker that is tried; people write some dozens
MAX_DIGITS = 4  # of one part of a version
_RELEASE = re.compile(rf"([23])(?:\.(\d{{1,{MAX_DIGITS}}}))?(?:\.(\d{{1,{MAX_DIGITS}}}))?(?!\d)", re.ASCII)
_MINORS = range(5, 20)  # of a Python 3 that nothing tells more of
_PATCHES = (0, 99)
_FIXED = {
    "os_name": "posix",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
    "extra": "",  # pip is asked for extras in brackets; outside of them there is none
}
_MACHINES = ("x86_64", "aarch64")
_KERNELS = ("", "0", "6.1.0", "9999", "zzz")


@lru_cache(maxsize=1024)
def truth_of(marker: str, python: str) -> Truth:
    """Of a marker for a Python, told as exactly as it is known: `3.8.12`, `python3.8`, `3`, or nothing at all.

    An empty marker is always true; one that cannot be read depends on who reads it.
    """
    if not marker:
        return "always"
    try:
        found = {Marker(marker).evaluate(dict(place)) for place in _places(marker, python)}
    except (ValueError, RecursionError, KeyError):  # packaging's own errors are ValueErrors
        return "depends"
    return "depends" if len(found) != 1 else "always" if found == {True} else "never"


def _places(marker: str, python: str) -> Iterator[Mapping[str, str]]:
    """Every environment that the image may be, as far as the marker asks."""
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

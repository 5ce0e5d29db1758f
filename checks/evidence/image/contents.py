"""Contents of an image: installed Python distributions and Debian packages, and the leftovers of installing.

We recognise distributions by the metadata that installers write: `NAME-VERSION.dist-info` beside the packages (the
PyPA's "Recording installed projects"), `NAME-VERSION.egg-info` before that.

We recognise package lists, caches and archives by their path, in every layer above the base: a file that a later
layer deletes is still downloaded with the image. apt's `lock`, `pkgcache.bin`, `srcpkgcache.bin` and directories
are not lists and do not count. pip's cache has the paths of its `CacheControl` adapter
(`http-v2/0/1/2/3/4/<56 digits>`) and its `WheelCache` (`wheels/01/23/45/<digits>/`), in any directory.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from packaging.utils import canonicalize_name

from checks.evidence.image.layers import Layer

_METADATA = re.compile(r"(?P<path>/(?:.*/)?(?P<name>[^/-]+)(?:-[^/]*)?\.(?:dist|egg)-info)(?:/|$)")

_INSTALLED = re.compile(
    r"(?P<path>/(?:.*/)?(?P<name>[^/-]+)-(?P<version>[^/-]+)\.(?:dist|egg)-info)/(?:METADATA|PKG-INFO)$"
)

_DEBIAN = re.compile(r"/var/lib/dpkg/info/(?P<name>[^/:]+)(?::[^/]+)?\.list")


@dataclass(frozen=True, slots=True)
class Distribution:
    """One installed distribution: its normalised name, its metadata folder, and the layer that added it."""

    name: str
    path: str
    layer: Layer


def distributions(layers: Sequence[Layer]) -> Iterator[Distribution]:
    """Yield the distributions of every layer, once per layer, even if a later layer deletes them."""
    for layer in layers:
        found = {match["path"]: match["name"] for path in layer.files if (match := _METADATA.match(path))}
        for path, name in sorted(found.items()):
            yield Distribution(canonicalize_name(name), path, layer)


def installed(layers: Sequence[Layer]) -> Mapping[str, frozenset[str]]:
    """Return the versions of each distribution that a container sees in any folder, by normalised name."""
    found: dict[str, tuple[str, str]] = {}
    for layer in layers:
        found = {path: entry for path, entry in found.items() if not _is_hidden(path, layer)}
        matches = filter(None, map(_INSTALLED.match, layer.files))
        found |= {match["path"]: (canonicalize_name(match["name"]), match["version"]) for match in matches}
    versions: dict[str, set[str]] = {}
    for name, version in found.values():
        versions.setdefault(name, set()).add(version)
    return {name: frozenset(known) for name, known in versions.items()}


def debian_packages(layers: Sequence[Layer]) -> frozenset[str]:
    """Return the packages that dpkg has unpacked in any layer, even if a later layer purged them."""
    matches = (match for layer in layers for path in layer.files if (match := _DEBIAN.fullmatch(path)))
    return frozenset(match["name"] for match in matches)


def _is_hidden(path: str, layer: Layer) -> bool:
    parts = path.split("/")
    above = ["/".join(parts[:end]) or "/" for end in range(1, len(parts) + 1)]
    return any(place in layer.whiteouts or place in layer.contents.opaque for place in above)


Kinds = Mapping[str, re.Pattern[str]]
"""The shapes of paths, by what their files are."""

_KINDS: Kinds = {
    "apt's package lists": re.compile(r"/var/lib/apt/lists/(?!lock$)."),
    "pip's cache": re.compile(
        r"/\.cache/(?:pip|uv)/(?!selfcheck/).|/http(?:-v2)?(?:/[0-9a-f]){5}/[0-9a-f]{56}(?:\.body)?$"
        r"|/wheels(?:/[0-9a-f]{2}){3}/[0-9a-f]{54,}/"
    ),
    "archives of packages": re.compile(r"\.deb$"),
}


# What compiles, and what only compiling reads. Packages bring headers of their own (numpy's), which are theirs.
BUILD_TOOLS: Kinds = {
    "a compiler": re.compile(
        r"/s?bin/(?:[\w-]+-)?(?:cc|c\+\+|gcc|g\+\+|cpp|clang|clang\+\+|ld|as|make|cmake|rustc|gfortran)"
        r"(?:-[\d.]+)?$|/usr/lib(?:exec)?/gcc/.*/(?:cc1|cc1plus|collect2|f951)$"
    ),
    "headers": re.compile(r"/usr/(?:local/)?include/.*\.h(?:pp|xx)?$"),
    "bytecode": re.compile(r"\.py[co]$"),
}


@dataclass(frozen=True, slots=True)
class Leftover:
    """The leftover files of one kind in one layer, with the sum of their bytes."""

    layer: Layer
    kind: str
    paths: tuple[str, ...]
    size: int


def leftovers(layers: Iterable[Layer], more: Kinds = MappingProxyType({})) -> Iterator[Leftover]:
    """Yield all leftovers of installing, and those of `more` kinds, layer by layer."""
    for layer in layers:
        for kind, shape in (*_KINDS.items(), *more.items()):
            paths = tuple(path for path in layer.files if shape.search(path))
            if paths:
                yield Leftover(layer, kind, paths, sum(layer.files[path] for path in paths))

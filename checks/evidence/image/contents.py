"""Contents of an image: installed Python distributions and Debian packages, and what installing left behind.

Distributions are told by the metadata of every installer: `NAME-VERSION.dist-info` beside the packages (the PyPA's
"Recording installed projects"), `NAME-VERSION.egg-info` before that.

Package lists, caches and archives are told by their path, in every layer above the base: a file that a later layer
deletes is still downloaded with the image. apt's `lock`, `pkgcache.bin`, `srcpkgcache.bin` and directories do not
count: they are no lists. pip's cache has the shape of its `CacheControl` adapter
(`http-v2/0/1/2/3/4/<56 digits>`) and its `WheelCache` (`wheels/01/23/45/<digits>/`), in any directory.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from checks.evidence.image.layers import Layer

_METADATA = re.compile(
    r"(?P<path>/(?:.*/)?(?:site|dist)-packages/(?P<name>[^/-]+)(?:-[^/]*)?\.(?:dist|egg)-info)(?:/|$)"
)

_INSTALLED = re.compile(
    r"(?P<path>/(?:.*/)?(?P<name>[^/-]+)-(?P<version>[^/-]+)\.(?:dist|egg)-info)/(?:METADATA|PKG-INFO)$"
)

_DEBIAN = re.compile(r"/var/lib/dpkg/info/(?P<name>[^/:]+)(?::[^/]+)?\.list")


@dataclass(frozen=True, slots=True)
class Distribution:
    """One installed distribution: its normalised name, its metadata folder, and the layer that brought it."""

    name: str
    path: str
    layer: Layer


def distributions(layers: Sequence[Layer]) -> Iterator[Distribution]:
    """Those of every layer, each once a layer; what a later layer deleted is in the image all the same."""
    for layer in layers:
        found = {match["path"]: match["name"] for path in layer.files if (match := _METADATA.match(path))}
        for path, name in sorted(found.items()):
            yield Distribution(canonicalize_name(name), path, layer)


def installed(layers: Sequence[Layer]) -> Mapping[str, frozenset[str]]:
    """What a container finds, in whichever folder: the versions of each distribution, by its normalised name."""
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
    """Those that dpkg has unpacked in any layer; what a later one purged was installed all the same."""
    matches = (match for layer in layers for path in layer.files if (match := _DEBIAN.fullmatch(path)))
    return frozenset(match["name"] for match in matches)


def _is_hidden(path: str, layer: Layer) -> bool:
    parts = path.split("/")
    above = ["/".join(parts[:end]) or "/" for end in range(1, len(parts) + 1)]
    return any(place in layer.whiteouts or place in layer.contents.opaque for place in above)


_KINDS = {
    "apt's package lists": re.compile(r"/var/lib/apt/lists/(?!lock$)."),
    "pip's cache": re.compile(
        r"/\.cache/(?:pip|uv)/(?!selfcheck/).|/http(?:-v2)?(?:/[0-9a-f]){5}/[0-9a-f]{56}(?:\.body)?$"
        r"|/wheels(?:/[0-9a-f]{2}){3}/[0-9a-f]{54,}/"
    ),
    "archives of packages": re.compile(r"\.deb$"),
}


@dataclass(frozen=True, slots=True)
class Leftover:
    """Files of one kind in one layer, with their bytes together."""

    layer: Layer
    kind: str
    paths: tuple[str, ...]
    size: int


def leftovers(layers: Iterable[Layer]) -> Iterator[Leftover]:
    """Everything of this sort, layer by layer."""
    for layer in layers:
        for kind, shape in _KINDS.items():
            paths = tuple(path for path in layer.files if shape.search(path))
            if paths:
                yield Leftover(layer, kind, paths, sum(layer.files[path] for path in paths))

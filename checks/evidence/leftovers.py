"""What installing left in an image, of no use to any container: package lists, caches, archives.

Told by where a file lies or by the shape of its path, in every layer above the base: what a later layer
deletes is still downloaded with the image. Not counted, for they hold nothing: apt's `lock`, and directories.
Nor are apt's `pkgcache.bin` and `srcpkgcache.bin`, which are no lists: base images tell apt to keep none.

The shape of pip's cache is that of its `CacheControl` adapter (`http-v2/0/1/2/3/4/<56 digits>`) and of its
`WheelCache` (`wheels/01/23/45/<digits>/`), whichever directory and user it is for.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checks.evidence.layers import Layer

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

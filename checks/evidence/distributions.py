"""Which Python distributions an image holds, told by the metadata folders that every installer leaves.

`NAME-VERSION.dist-info` stands beside the packages themselves (the PyPA's "Recording installed projects"),
`NAME-VERSION.egg-info` is its forerunner.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from checks.evidence.layers import Layer

_METADATA = re.compile(
    r"(?P<path>/(?:.*/)?(?:site|dist)-packages/(?P<name>[^/-]+)(?:-[^/]*)?\.(?:dist|egg)-info)(?:/|$)"
)


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

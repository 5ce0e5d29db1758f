"""Read an image from outside: the stream of `docker save`, in one pass, without extracting anything.

    with subprocess.Popen([docker, "save", name], stdout=PIPE) as save:
        image = read_image(save.stdout, base_layers=base_diff_ids, canaries=planted)

Programs inside an image can lie about it; its layers cannot.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from typing import Any, BinaryIO

from checks.evidence.image.byte_stream import Budget, ImageTooLarge, ImageUnreadable, Limits
from checks.evidence.image.canaries import Canary, Match, Scanner, unique
from checks.evidence.image.image_config import (
    HistoryEntry,
    ImageConfig,
    diff_ids,
    image_config,
    image_history,
    strings_of,
)
from checks.evidence.image.kept import Kept, KeptLayer
from checks.evidence.image.layers import Layer, shared_base
from checks.evidence.image.saved import LayerReader, ReadLayer, SavedArchive
from checks.evidence.image.tar_headers import BLOCK
from checks.evidence.image.waste import dive_waste

_READ_AT_ONCE = 2**18
_CLOCK_STEP_S = 60.0
"""So much a machine's clock may be set back while a submission is graded."""


@dataclass(frozen=True, slots=True)
class Image:
    """One image. Sizes are bytes of file contents, uncompressed, as dive adds them up; the README has others.

    `id`: `sha256:` and the digest of the image config, the same in every image store. `base`: the layers that it
    shares with the given base, () if it does not build on it. `wasted_bytes` and `efficiency`: as dive computes
    them over the whole image.
    """

    id: str
    config: ImageConfig
    history: tuple[HistoryEntry, ...]
    layers: tuple[Layer, ...]
    base: tuple[Layer, ...]
    wasted_bytes: int
    efficiency: float
    matches: tuple[Match, ...]

    @property
    def size(self) -> int:
        """The bytes of all layers."""
        return sum(layer.size for layer in self.layers)

    @property
    def own_layers(self) -> tuple[Layer, ...]:
        """The layers above the base."""
        return self.layers[len(self.base) :]

    @property
    def own_bytes(self) -> int:
        """The bytes above the base."""
        return sum(layer.size for layer in self.own_layers)


def read_image(
    stream: BinaryIO | Iterable[bytes],
    *,
    base_layers: Sequence[str] = (),
    canaries: Sequence[Canary] = (),
    limits: Limits | None = None,
) -> Image:
    """Read the stream of `docker save IMAGE`, a file object or the chunks of docker-py, to its end.

    `base_layers`: the base's `RootFS.Layers`, lowest first; they are not searched for canaries. Raises
    `ImageUnreadable` if the stream is not such an archive, `ImageTooLarge` with the limit's name.
    """
    reader = LayerReader(Budget(limits or Limits()), Scanner(canaries))
    archive = SavedArchive(reader, frozenset(base_layers))
    archive.read(_chunks(stream))
    manifest = _manifest(archive)
    name = manifest["Config"]
    document = archive.document(name)
    if not isinstance(document, dict):
        raise ImageUnreadable(f"{name} of the archive is no image configuration")
    read = tuple(archive.layer(path) for path in manifest["Layers"])
    identity = f"sha256:{sha256(archive.documents[name]).hexdigest()}"
    return _image(identity, document, read, base_layers, reader.scanner)


def read_kept(
    kept: Kept,
    *,
    base_layers: Sequence[str] = (),
    canaries: Sequence[Canary] = (),
    planted_at: float = 0.0,
    limits: Limits | None = None,
) -> Image:
    """Read an image in the files of its engine, with the options of `read_image`.

    `planted_at`: when the canaries were made, in seconds since the epoch; older layers cannot contain one.
    """
    reader = LayerReader(Budget(limits or Limits()), Scanner(canaries))
    if len(kept.config) > reader.budget.limits.document_bytes:
        raise ImageTooLarge("document_bytes", reader.budget.limits.document_bytes)
    document = json.loads(kept.config)
    since = planted_at - _CLOCK_STEP_S
    own = {layer.diff_id for layer in kept.layers if layer.kept_since >= since} - {*base_layers}
    read = tuple(_kept_layer(reader, layer, is_searched=layer.diff_id in own) for layer in kept.layers)
    return _image(kept.id, document, read, base_layers, reader.scanner)


def _kept_layer(reader: LayerReader, layer: KeptLayer, *, is_searched: bool) -> ReadLayer:
    chunks = reader.budget.metered(layer.chunks(with_contents=is_searched))
    head = b""
    while len(head) < BLOCK and (chunk := next(chunks, b"")):
        head += chunk
    first, rest = head[:BLOCK], head[BLOCK:]
    read = reader.read(layer.diff_id, first, chain((rest,), chunks), is_searched=is_searched)
    if read is None:
        raise ImageUnreadable(f"layer {layer.diff_id} is no tar")
    return read


def _image(
    identity: str,
    document: Mapping[str, Any],
    read: Sequence[ReadLayer],
    base_layers: Sequence[str],
    scanner: Scanner,
) -> Image:
    layers = _layers(document, read)
    above = shared_base([layer.diff_id for layer in layers], base_layers)
    waste = dive_waste([layer.contents for layer in layers])
    return Image(
        id=identity,
        config=image_config(document),
        history=image_history(document),
        layers=layers,
        base=layers[:above],
        wasted_bytes=waste.bytes,
        efficiency=waste.efficiency,
        matches=tuple(unique(_matches(scanner, document, read, above))),
    )


def _chunks(stream: BinaryIO | Iterable[bytes]) -> Iterable[bytes]:
    if isinstance(stream, Iterable) and not hasattr(stream, "read"):
        return stream
    return iter(lambda: stream.read(_READ_AT_ONCE), b"")


def _manifest(archive: SavedArchive) -> Mapping[str, Any]:
    entries = archive.document("manifest.json")
    if not isinstance(entries, list) or len(entries) != 1:
        raise ImageUnreadable("the archive has not exactly one image: save one image, by one name")
    entry = entries[0]
    match entry:
        case {"Config": str(), "Layers": [*names]} if all(isinstance(name, str) for name in names):
            return dict(entry)
        case {"Config": str(), "Layers": None}:  # an image without layers
            return {**entry, "Layers": []}
    raise ImageUnreadable("manifest.json of the archive names no configuration or no layers")


def _layers(document: Mapping[str, Any], read: Sequence[ReadLayer]) -> tuple[Layer, ...]:
    ids = diff_ids(document)
    if len(ids) != len(read):
        raise ImageUnreadable(f"the image's configuration lists {len(ids)} layers, its manifest {len(read)}")
    made = [entry.created_by for entry in image_history(document) if not entry.empty]
    made += [""] * (len(read) - len(made))
    total = sum(layer.contents.size for layer in read) or 1
    return tuple(
        Layer(index, ids[index], made[index], layer.contents.size / total, layer.contents)
        for index, layer in enumerate(read)
    )


def _matches(
    scanner: Scanner, document: Mapping[str, Any], read: Sequence[ReadLayer], above: int
) -> Iterator[Match]:
    """Yield matches in the documents first, since a student can look them up with one command."""
    history = document.get("history")
    rest = {key: value for key, value in document.items() if key != "history"}
    for key, value in rest.items():
        yield from scanner.in_document(strings_of(value, key), "config")
    yield from scanner.in_document(strings_of(history, "history"), "history")
    for index in range(above, len(read)):
        yield from (Match(hit.needle.canary, hit.encoding, index, hit.path) for hit in read[index].hits)

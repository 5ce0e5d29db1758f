"""Find an image in the files of the embedded engine; reading it there spares the engine a copy.

`docker save` writes every layer to a temporary folder, computes its digest and packs it: 9 ms of CPU for each
megabyte, and 40 with containerd's store of Engine 26.1. We may read only the embedded engine's data, and ask the
host's engine for the archive.

Layouts: `image/overlay2` and `overlay2` below dockerd's data (moby, `image/fs.go`, `layer/filestore.go`), and
containerd's content store (containerd, `docs/content-flow.md`) with the manifests of OCI's image specification.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from checks.evidence.image.tar_split import joined

if TYPE_CHECKING:
    from checks.engine.engine import Engine

_AT_ONCE: Final = 2**18


@dataclass(frozen=True, slots=True)
class KeptLayer:
    """A layer by the digest of its tar: a tar-split and a folder of files, or one packed file.

    `kept_since`: the latest time at which the engine stored it, in seconds since the epoch (its file's ctime, which
    programs cannot set).
    """

    diff_id: str
    file: Path
    folder: Path | None = None
    kept_since: float = field(init=False)

    def __post_init__(self) -> None:
        if self.folder:
            self.folder.stat()
        object.__setattr__(self, "kept_since", self.file.stat().st_ctime)

    def chunks(self, *, with_contents: bool) -> Iterator[bytes]:
        """Yield its tar, maybe compressed; without contents, zeros may replace them."""
        if self.folder:
            yield from joined(self.file, self.folder, with_contents=with_contents)
        else:
            with self.file.open("rb") as packed:
                yield from iter(lambda: packed.read(_AT_ONCE), b"")


@dataclass(frozen=True, slots=True)
class Kept:
    """An image: the bytes of its configuration, and its layers, lowest first."""

    config: bytes
    layers: tuple[KeptLayer, ...]

    @property
    def id(self) -> str:
        """The digest of the configuration."""
        return f"sha256:{sha256(self.config).hexdigest()}"


def kept(engine: "Engine", reference: str) -> Kept | None:
    """Return the image; None on a host's engine, or if the embedded one keeps it in an unknown way."""
    from checks.engine.embedded.layout import layout

    if engine.directory is None:
        return None
    where = layout(engine.directory)
    identity = str(engine.client.images.get(reference).id).removeprefix("sha256:")
    try:
        config = where.data / "image/overlay2/imagedb/content/sha256" / identity
        if config.is_file():
            return _in_overlay2(where.data, config.read_bytes())
        return _in_containerd(where.containerd_data / "io.containerd.content.v1.content/blobs", identity)
    except (OSError, LookupError, ValueError, RecursionError):
        return None


def _in_overlay2(data: Path, config: bytes) -> Kept:
    layers, chain = [], ""
    for diff_id in json.loads(config)["rootfs"].get("diff_ids") or ():
        chain = f"sha256:{sha256(f'{chain} {diff_id}'.encode()).hexdigest()}" if chain else diff_id
        known = data / "image/overlay2/layerdb/sha256" / chain.removeprefix("sha256:")
        folder = data / "overlay2" / (known / "cache-id").read_text("ascii") / "diff"
        layers.append(KeptLayer(diff_id, known / "tar-split.json.gz", folder))
    return Kept(config, tuple(layers))


def _in_containerd(blobs: Path, identity: str) -> Kept:
    manifest = _manifest(blobs, f"sha256:{identity}")
    config = _blob(blobs, manifest["config"]["digest"]).read_bytes()
    diff_ids = json.loads(config)["rootfs"].get("diff_ids") or ()
    packed = [_blob(blobs, layer["digest"]) for layer in manifest["layers"]]
    return Kept(config, tuple(KeptLayer(*layer) for layer in zip(diff_ids, packed, strict=True)))


def _manifest(blobs: Path, digest: str) -> dict[str, Any]:
    """Return the image's manifest; in an index, the only manifest for a platform."""
    document: dict[str, Any] = json.loads(_blob(blobs, digest).read_bytes())
    if "manifests" not in document:
        return document
    (found,) = (each for each in document["manifests"] if _is_for_a_platform(each))
    return _manifest(blobs, found["digest"])


def _is_for_a_platform(manifest: dict[str, Any]) -> bool:
    """Whether a manifest is an image; BuildKit gives attestations the platform `unknown`."""
    return bool(manifest.get("platform", {}).get("os") != "unknown")


def _blob(blobs: Path, digest: str) -> Path:
    algorithm, _, name = digest.partition(":")
    return blobs / algorithm / name

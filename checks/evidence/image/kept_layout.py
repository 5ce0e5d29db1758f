"""Write what an image has above its base as a folder in OCI's image layout, from the files of the embedded engine.

`docker save` takes 5 s for the model service's 390 MB, and its base is not what a scanner is asked about. A packed
layer stays packed, and no digest is computed: the engine's own names of the layers are their digests.

The format is that of OCI's image specification (`image-layout.md`, `manifest.md`, `config.md`).
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from checks.engine.image_layout import FILE, FOLDER, ImageTooLarge
from checks.evidence.image.kept import Kept, KeptLayer

_TYPE: Final = "application/vnd.oci.image"
_BLOBS: Final = "blobs/sha256"
# The first bytes of a packed layer (RFC 1952, RFC 8878).
_PACKED: Final = {b"\x1f\x8b": "+gzip", b"\x28\xb5": "+zstd"}


@contextmanager
def kept_layout(found: Kept, below: int, folder: Path, most: int) -> Iterator[None]:
    """Write the layers above the lowest `below` ones into `folder`, a new one, which is gone on exit.

    Raises `ImageTooLarge` above `most` bytes, `OSError`, `LookupError` or `ValueError` if the engine's files are
    no longer complete.
    """
    try:
        _write(found, below, folder, most)
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(found: Kept, below: int, folder: Path, most: int) -> None:
    for made in (folder, folder / "blobs", folder / _BLOBS):
        made.mkdir(FOLDER)
        made.chmod(FOLDER)  # regardless of the umask
    layers = []
    for layer in found.layers[below:]:
        layers.append(_layer(layer, folder, most))
        most -= layers[-1]["size"]
    config = _blob(folder, "config", _without_base(json.loads(found.config), below))
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{_TYPE}.manifest.v1+json",
        "config": config,
        "layers": layers,
    }
    index = {"schemaVersion": 2, "manifests": [_blob(folder, "manifest", manifest)]}
    _put(folder / "index.json", json.dumps(index).encode())
    _put(folder / "oci-layout", b'{"imageLayoutVersion": "1.0.0"}')


def _layer(layer: KeptLayer, folder: Path, most: int) -> dict[str, Any]:
    """Write one layer; return its descriptor."""
    digest = layer.diff_id if layer.folder else f"sha256:{layer.file.name}"
    path, size = folder / _BLOBS / digest.removeprefix("sha256:"), 0
    with path.open("wb") as file:
        for chunk in layer.chunks(with_contents=True):
            size += file.write(chunk)
            if size > most:
                raise ImageTooLarge
    path.chmod(FILE)
    with path.open("rb") as file:
        packed = _PACKED.get(file.read(2), "")
    return {"mediaType": f"{_TYPE}.layer.v1.tar{packed}", "digest": digest, "size": size}


def _without_base(config: dict[str, Any], below: int) -> dict[str, Any]:
    """Return an image's configuration without its lowest layers, and without their lines of the history.

    A history that does not fit the layers stays whole: it may hold a secret, and whose line is which is not known.
    """
    diff_ids, history = config["rootfs"]["diff_ids"], config.get("history") or ()
    made = [number for number, entry in enumerate(history, 1) if not entry.get("empty_layer")]
    if len(made) == len(diff_ids):
        config["history"] = history[made[below - 1] if below else 0 :]
    config["rootfs"]["diff_ids"] = diff_ids[below:]
    return config


def _blob(folder: Path, kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """Write a document under its digest; return its descriptor."""
    data = json.dumps(content).encode()
    digest = sha256(data).hexdigest()
    _put(folder / _BLOBS / digest, data)
    return {"mediaType": f"{_TYPE}.{kind}.v1+json", "digest": f"sha256:{digest}", "size": len(data)}


def _put(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    path.chmod(FILE)

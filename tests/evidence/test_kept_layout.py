"""What is above a base, as a folder in OCI's image layout, from files as an engine keeps them."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from checks.engine.image_layout import ImageTooLarge
from checks.evidence.image.kept import Kept, KeptLayer
from checks.evidence.image.kept_layout import kept_layout

LAYERS = (b"the base", b"\x1f\x8b packed")
HISTORY: list[dict[str, Any]] = [
    {"created_by": "ADD base"},
    {"created_by": "ENV A=1", "empty_layer": True},
    {"created_by": "COPY . ."},
]


def _kept(folder: Path, history: list[dict[str, Any]]) -> Kept:
    layers = list[KeptLayer]()
    for content in LAYERS:
        file = folder / sha256(content).hexdigest()
        file.write_bytes(content)
        layers.append(KeptLayer(f"sha256:of-{len(layers)}", file))
    rootfs = {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]}
    return Kept(json.dumps({"rootfs": rootfs, "history": history}).encode(), tuple(layers))


def _blob(folder: Path, descriptor: dict[str, Any]) -> bytes:
    digest = str(descriptor["digest"]).removeprefix("sha256:")
    content = (folder / "blobs" / "sha256" / digest).read_bytes()
    assert len(content) == descriptor["size"]
    assert digest == sha256(content).hexdigest()
    return content


def _written(tmp_path: Path, history: list[dict[str, Any]], below: int) -> tuple[Any, list[bytes]]:
    """Return the configuration and the layers of the layout, whose digests and sizes are right."""
    place = tmp_path / "layout"
    with kept_layout(_kept(tmp_path, history), below, place, 1000):
        (entry,) = json.loads((place / "index.json").read_bytes())["manifests"]
        manifest = json.loads(_blob(place, entry))
        layers = [_blob(place, layer) for layer in manifest["layers"]]
        config = json.loads(_blob(place, manifest["config"]))
        assert manifest["layers"][-1]["mediaType"].endswith("tar+gzip")
    assert not place.exists()
    return config, layers


@pytest.mark.parametrize("below", [0, 1])
def test_what_is_above_the_base_is_there_with_its_lines(tmp_path: Path, below: int) -> None:
    config, layers = _written(tmp_path, HISTORY, below)
    assert layers == list(LAYERS[below:])
    assert config["rootfs"]["diff_ids"] == ["sha256:of-0", "sha256:of-1"][below:]
    assert config["history"] == HISTORY[below:]


def test_a_history_that_does_not_fit_stays_whole(tmp_path: Path) -> None:
    """Without this, an imported base without a history would hide the student's first line."""
    config, _ = _written(tmp_path, HISTORY[1:], 1)
    assert config["history"] == HISTORY[1:]


def test_what_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageTooLarge), kept_layout(_kept(tmp_path, HISTORY), 0, tmp_path / "layout", 10):
        pytest.fail("it was written")
    assert not (tmp_path / "layout").exists()

"""Images for the tests of `checks.evidence.image.image`, as `docker save` would write them, from literal layers."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

Files = Mapping[str, bytes | None]
"""Path to content; None is a directory. Whiteouts are files whose names begin with `.wh.`."""

Compress = Callable[[bytes], bytes]


def layer_of(files: Files, tar_format: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tar_format) as tar:
        for path, content in files.items():
            info = tarfile.TarInfo(path)
            info.type = tarfile.REGTYPE if content is not None else tarfile.DIRTYPE
            info.size = len(content or b"")
            tar.addfile(info, io.BytesIO(content or b""))
    return buffer.getvalue()


def diff_id(layer: bytes) -> str:
    return f"sha256:{hashlib.sha256(layer).hexdigest()}"


def saved(  # noqa: PLR0913 - one for each way in which archives differ
    layers: Sequence[Files | bytes],
    *,
    config: Mapping[str, Any] | None = None,
    history: Sequence[Mapping[str, Any]] = (),
    legacy: bool = False,
    manifest_last: bool = True,
    compress: Compress = bytes,
) -> bytes:
    """The archive. `legacy`: the layout before Engine 25, where a layer that occurs twice is a symlink."""
    tars = [layer if isinstance(layer, bytes) else layer_of(layer) for layer in layers]
    document = {
        "architecture": "amd64",
        "config": dict(config or {}),
        "rootfs": {"type": "layers", "diff_ids": [diff_id(tar) for tar in tars]},
        "history": list(history) or [{"created_by": f"layer {index}"} for index in range(len(tars))],
    }
    raw = json.dumps(document).encode()
    blobs = [compress(tar) for tar in tars]
    members: dict[str, bytes | str] = {}
    if legacy:
        names = [f"{index:064x}/layer.tar" for index in range(len(tars))]
        for name, blob in zip(names, blobs, strict=True):
            first = next((known for known, content in members.items() if content == blob), None)
            members[name] = f"../{first}" if first else blob
        config_name = f"{hashlib.sha256(raw).hexdigest()}.json"
    else:
        names = [f"blobs/sha256/{hashlib.sha256(blob).hexdigest()}" for blob in blobs]
        members |= dict(zip(names, blobs, strict=True))
        config_name = f"blobs/sha256/{hashlib.sha256(raw).hexdigest()}"
    manifest = [{"Config": config_name, "RepoTags": ["example:test"], "Layers": names}]
    heads: dict[str, bytes | str] = {config_name: raw, "manifest.json": json.dumps(manifest).encode()}
    return _outer(members | heads if manifest_last else heads | members)


def _outer(members: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            if isinstance(content, str):
                info.type, info.linkname = tarfile.SYMTYPE, content
                tar.addfile(info)
            else:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture(scope="session")
def save() -> Callable[..., bytes]:
    return saved


@pytest.fixture(scope="session")
def tar_layer() -> Callable[..., bytes]:
    return layer_of


@pytest.fixture(scope="session")
def digest() -> Callable[[bytes], str]:
    return diff_id

"""Images as a whole: both layouts of the archive, in any order, and what is refused."""

import gzip
import io
import json
import tarfile
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import zstandard

from checks.evidence.image.byte_stream import ImageTooLarge, ImageUnreadable, Limits
from checks.evidence.image.canaries import plant
from checks.evidence.image.image import Image, read_image
from checks.evidence.image.image_config import Healthcheck

Save = Callable[..., bytes]
Digest = Callable[[bytes], str]
Compress = Callable[[bytes], bytes]
COMPRESSIONS = pytest.mark.parametrize(
    "compress", [bytes, gzip.compress, zstandard.compress], ids=["as it is", "gzip", "zstd"]
)

LAYERS = [{"a": b"x" * 100}, {"b": b"y" * 300}, {"a": b"z" * 100}]


def described(image: Image) -> list[tuple[int, str, int, dict[str, int]]]:
    return [(layer.index, layer.created_by, layer.size, dict(layer.files)) for layer in image.layers]


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("manifest_last", [False, True])
@COMPRESSIONS
def test_reads_every_layout(save: Save, *, legacy: bool, manifest_last: bool, compress: Compress) -> None:
    archive = save(LAYERS, legacy=legacy, manifest_last=manifest_last, compress=compress)
    image = read_image([archive])
    assert described(image) == [
        (0, "layer 0", 100, {"/a": 100}),
        (1, "layer 1", 300, {"/b": 300}),
        (2, "layer 2", 100, {"/a": 100}),
    ]
    assert [layer.share for layer in image.layers] == [0.2, 0.6, 0.2]
    assert image.size == 500


@pytest.mark.parametrize("size", [1, 511, 4096])
def test_chunks_may_end_anywhere(save: Save, size: int) -> None:
    archive = save(LAYERS)
    chunks = (archive[at : at + size] for at in range(0, len(archive), size))
    assert described(read_image(chunks)) == described(read_image(io.BytesIO(archive)))


@pytest.mark.parametrize("legacy", [False, True])
def test_a_layer_may_occur_twice(save: Save, *, legacy: bool) -> None:
    image = read_image([save([{"a": b"1"}, {"b": b"2"}, {"a": b"1"}], legacy=legacy)])
    assert [dict(layer.files) for layer in image.layers] == [{"/a": 1}, {"/b": 1}, {"/a": 1}]


def test_history_without_layers_names_no_layer(save: Save) -> None:
    history = [
        {"created_by": "FROM"},
        {"created_by": "ENV A=1", "empty_layer": True},
        {"created_by": "COPY", "comment": "buildkit"},
    ]
    image = read_image([save([{"a": b""}, {"b": b""}, {"c": b""}], history=history)])
    assert [layer.created_by for layer in image.layers] == ["FROM", "COPY", ""]
    assert [entry.empty for entry in image.history] == [False, True, False]


def test_configuration(save: Save) -> None:
    config: dict[str, Any] = {
        "Env": ["A=1=2", "B="],
        "User": "app",
        "Entrypoint": ["uvicorn"],
        "Cmd": None,
        "WorkingDir": "/server",
        "ExposedPorts": {"8000/tcp": {}},
        "Labels": {"a": "b"},
        "Healthcheck": {"Test": ["CMD", "true"], "Interval": 5_000_000_000, "Retries": 3},
    }
    read = read_image([save([{"a": b""}], config=config)]).config
    assert dict(read.env) == {"A": "1=2", "B": ""}
    assert (read.user, read.workdir, read.exposed, dict(read.labels)) == (
        "app",
        "/server",
        ("8000/tcp",),
        {"a": "b"},
    )
    assert (read.entrypoint, read.cmd) == (("uvicorn",), None)
    assert read.healthcheck == Healthcheck(("CMD", "true"), interval=5.0, retries=3)


BASE, APP, EDIT = {"a": b"x" * 1000}, {"b": b"y" * 300, "c": b"c"}, {"b": b"z" * 200, ".wh.a": b""}


def test_base_is_what_the_image_shares_with_it(save: Save, tar_layer: Save, digest: Digest) -> None:
    ids = [digest(tar_layer(BASE))]
    image = read_image([save([BASE, APP, EDIT])], base_layers=ids)
    assert ([layer.index for layer in image.base], [layer.index for layer in image.own_layers]) == (
        [0],
        [1, 2],
    )
    assert image.own_bytes == 501


@COMPRESSIONS
@pytest.mark.parametrize("manifest_last", [False, True])
def test_the_base_carries_no_canary(
    save: Save, tar_layer: Save, digest: Digest, *, compress: Compress, manifest_last: bool
) -> None:
    """However its layers are named: containerd's store names them by what they are when compressed."""
    (canary,) = plant(["key"])
    base, app = {"old": canary.value}, {"new": canary.value}
    archive = save([base, app], compress=compress, manifest_last=manifest_last)
    image = read_image([archive], base_layers=[digest(tar_layer(base))], canaries=[canary])
    assert [(match.where, match.path) for match in image.matches] == [(1, "/new")]
    assert image.id == read_image([save([base, app])]).id


def test_no_base_when_the_image_does_not_build_on_it(save: Save, tar_layer: Save, digest: Digest) -> None:
    for ids in ([digest(tar_layer(APP))], [digest(tar_layer(BASE)), digest(tar_layer(EDIT))]):
        image = read_image([save([BASE, APP])], base_layers=ids)
        assert image.base == ()
        assert image.own_bytes == image.size


def test_names_lead_nowhere(save: Save) -> None:
    image = read_image([save([{"../../etc/passwd": b"1", "/abs": b"2", "a/../b": b"3"}])])
    assert dict(image.layers[0].files) == {"/etc/passwd": 1, "/abs": 1, "/b": 1}


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        (Limits(bytes=10_000), "bytes"),
        (Limits(files=20), "files"),
        (Limits(name_bytes=100), "name_bytes"),
        (Limits(document_bytes=50), "document_bytes"),
        (Limits(seconds=-1.0), "seconds"),
    ],
)
def test_each_limit_is_named(save: Save, limits: Limits, name: str) -> None:
    archive = save([{f"file-{index}": b"1" for index in range(50)}])
    with pytest.raises(ImageTooLarge, match=name) as refused:
        read_image([archive], limits=limits)
    assert refused.value.limit == name


@COMPRESSIONS
def test_a_bomb_is_stopped(save: Save, compress: Compress) -> None:
    archive = save([{"zeros": bytes(20_000_000)}], compress=compress)
    with pytest.raises(ImageTooLarge) as refused:
        read_image([archive], limits=Limits(bytes=5_000_000))
    assert refused.value.limit == "bytes"


def outer(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def manifest(*entries: object) -> dict[str, bytes]:
    return {"manifest.json": json.dumps(entries).encode()}


ENTRY = {"Config": "c.json", "Layers": ["l"]}
EMPTY = bytes(1024)
ONE = b'{"rootfs": {"diff_ids": ["sha256:0"]}}'

NO_IMAGES = {
    "nothing": b"",
    "no archive": b"Error response from daemon: no such image" * 100,
    "no manifest": outer({"l": EMPTY}),
    "two images": outer(manifest(ENTRY, ENTRY)),
    "manifest without layers": outer(manifest({"Config": "c.json"})),
    "no configuration": outer(manifest(ENTRY) | {"l": EMPTY}),
    "configuration is a list": outer(manifest(ENTRY) | {"l": EMPTY, "c.json": b"[1]"}),
    "configuration is no JSON": outer(manifest(ENTRY) | {"l": EMPTY, "c.json": b"{nope"}),
    "deep JSON": outer(manifest(ENTRY) | {"l": EMPTY, "c.json": b"[" * 100_000}),
    "environment is a number": outer(
        manifest(ENTRY) | {"l": EMPTY, "c.json": ONE[:-1] + b', "config": {"Env": 1}}'}
    ),
    "no layer": outer(manifest(ENTRY) | {"c.json": ONE}),
    "fewer diff_ids": outer(manifest(ENTRY) | {"l": EMPTY, "c.json": b"{}"}),
    "damaged zstd": outer(
        manifest(ENTRY) | {"l": zstandard.compress(bytes(9000))[:15] + b"x" * 50, "c.json": ONE}
    ),
    "damaged gzip": outer(
        manifest(ENTRY) | {"l": gzip.compress(bytes(9000))[:15] + b"x" * 50, "c.json": ONE}
    ),
    "forged layer": outer(manifest(ENTRY) | {"l": EMPTY[:0] + b"x" * 2048, "c.json": ONE}),
}


@pytest.mark.parametrize("archive", NO_IMAGES.values(), ids=NO_IMAGES.keys())
def test_what_is_no_saved_image_is_refused(archive: bytes) -> None:
    with pytest.raises(ImageUnreadable):
        read_image([archive])


def test_a_cut_stream_is_refused(save: Save) -> None:
    archive = save([{"a": b"x" * 5000}])
    for end in (100, 600, 3000, 7000):
        with pytest.raises(ImageUnreadable):
            read_image([archive[:end]])


def test_a_file_that_looks_like_json_is_a_layer_all_the_same(save: Save) -> None:
    assert dict(read_image([save([{'{"a": 1': b"x"}])]).layers[0].files) == {'/{"a": 1': 1}


def test_memory_does_not_grow_with_the_image() -> None:
    size = 300 * 2**20
    head = tarfile.TarInfo("large")
    head.size = size
    layer = tarfile.TarInfo("l")
    layer.size = 512 + size + 1024
    documents = outer(manifest(ENTRY) | {"c.json": ONE})

    def chunks() -> Iterator[bytes]:
        yield layer.tobuf() + head.tobuf()
        block = bytes(2**20)
        yield from (block for _ in range(size // len(block)))
        yield bytes(1024) + documents

    tracemalloc.start()
    try:
        image = read_image(chunks())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert image.size == size
    assert peak < 20 * 2**20

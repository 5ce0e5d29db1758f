"""Planted values inside packed files are found with the path that they have there; a bomb hides none beside it."""

import bz2
import gzip
import io
import os
import re
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from checks.evidence.image.byte_stream import Limits
from checks.evidence.image.canaries import Canary, plant
from checks.evidence.image.image import read_image

CANARY = Canary("api key", b"c41f0a9be2737a5d086c91f4e35bd27806ef")
ENV = b"# settings of the service\n" * 20 + b"API_KEY=%s\nMODEL_PATH=/models/model.pkl\n"
Save = Callable[..., bytes]

# The folder `app/` holds `.env`; each line leaves one file, `out`. Then: what is reported, and for which path.
PACKED = [
    ("gzip", "gzip -c app/.env > out", "gzip", "/srv/out"),
    ("gzip -9, after another", "(gzip -c /dev/null; gzip -9c app/.env) > out", "gzip", "/srv/out"),
    ("tar czf", "tar czf out app", "gzip", "/srv/out!/app/.env"),
    ("tar czf of .", "tar czf out -C app .", "gzip", "/srv/out!/.env"),
    ("tar cjf", "tar cjf out app", "bzip2", "/srv/out!/app/.env"),
    ("tar cJf", "tar cJf out app", "xz", "/srv/out!/app/.env"),
    ("xz -9", "xz -9c app/.env > out", "xz", "/srv/out"),
    ("zstd --ultra -22", "zstd -q --ultra -22 -c app/.env > out", "zstd", "/srv/out"),
    ("tar --zstd", "tar --zstd -cf out app", "zstd", "/srv/out!/app/.env"),
    ("tar", "tar cf out app", "raw", "/srv/out"),
    ("a gzip in a tar", "gzip app/.env && tar cf out app", "gzip", "/srv/out!/app/.env.gz"),
    ("zip", "zip -qr - app > out", "zip", "/srv/out!/app/.env"),
    ("zip without compression", "zip -q0r - app > out", "raw", "/srv/out"),
    ("zip from a pipe", "zip -q - - < app/.env > out", "zip", "/srv/out!/-"),
    ("a zip in a zip", "zip -qr in.zip app; zip -q0 - in.zip > out", "zip", "/srv/out!/in.zip!/app/.env"),
    ("a zip in a tar.gz", "zip -qr in.whl app; tar czf out in.whl", "zip in gzip", "/srv/out!/in.whl!/app/.env"),
    ("base64", "base64 app/.env > out", "base64", "/srv/out"),
    ("base64 in narrow lines", "base64 -w 20 app/.env > out", "base64", "/srv/out"),
    ("base64, indented", "base64 -w 32 app/.env | sed 's/^/        /' > out", "base64", "/srv/out"),
    ("base64 in YAML", "(echo 'key: |'; base64 -w 40 app/.env | sed 's/^/    /') > out", "base64", "/srv/out"),
    ("base64 in a gzip", "base64 app/.env | gzip > out", "base64 in gzip", "/srv/out"),
    ("a gzip in base64", "gzip -c app/.env | base64 > out", "gzip in base64", "/srv/out"),
    ("base64 twice", "base64 app/.env | base64 > out", "base64 in base64", "/srv/out"),
    ("a tar.gz in base64", "tar cz app | base64 -w 0 > out", "gzip in base64", "/srv/out!/app/.env"),
    ("base32", "base32 app/.env > out", "base32", "/srv/out"),
    ("od without offsets", "od -An -tx1 app/.env > out", "hex", "/srv/out"),
    ("od -v -w7", "od -An -v -w7 -tx1 app/.env > out", "hex", "/srv/out"),
    ("od", "od app/.env > out", "hex dump", "/srv/out"),
    ("od -tx1", "od -tx1 app/.env > out", "hex dump", "/srv/out"),
    ("od -tx1z", "od -tx1z app/.env > out", "hex dump", "/srv/out"),
    ("od -Ax -x", "od -Ax -x app/.env > out", "hex dump", "/srv/out"),
    ("xxd", "xxd app/.env > out", "hex dump", "/srv/out"),
    ("xxd -g1 -u", "xxd -g1 -u app/.env > out", "hex dump", "/srv/out"),
    ("xxd -p", "xxd -p app/.env > out", "hex", "/srv/out"),
    ("xxd -i", "xxd -i app/.env > out", "hex", "/srv/out"),
    ("hexdump", "hexdump app/.env > out", "hex dump", "/srv/out"),
    ("hexdump -C", "hexdump -C app/.env > out", "hex dump", "/srv/out"),
    ("hexdump -C of a gzip", "gzip -c app/.env | hexdump -C > out", "gzip in hex dump", "/srv/out"),
    ("hex of a gzip", "gzip -c app/.env | xxd -p > out", "gzip in hex", "/srv/out"),
    ("git add", "git init -q && git hash-object -w app/.env >&2; cp .git/objects/??/* out", "zlib", "/srv/out"),
]  # fmt: skip
TOOLS = {"zip", "xz", "zstd", "xxd", "hexdump", "od", "base64", "base32", "git"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / ".env").write_bytes(ENV % CANARY.value)
    return tmp_path


def found(archive: bytes, limits: Limits | None = None) -> set[tuple[str, str]]:
    read = read_image([archive], canaries=[CANARY], limits=limits)
    return {(match.encoding, match.path) for match in read.matches}


def in_chunks(archive: bytes, size: int) -> Sequence[bytes]:
    return [archive[at : at + size] for at in range(0, len(archive), size)]


@pytest.mark.parametrize(
    ("script", "encoding", "path"), [row[1:] for row in PACKED], ids=[row[0] for row in PACKED]
)
def test_it_is_found_where_a_tool_put_it(
    folder: Path, save: Save, script: str, encoding: str, path: str
) -> None:
    if missing := [tool for tool in TOOLS & set(re.findall(r"\w+", script)) if not shutil.which(tool)]:
        pytest.skip(f"this machine has no {missing[0]}")
    subprocess.run(["sh", "-ec", script], cwd=folder, check=True)
    archive = save([{"etc/a": b"x" * 700, "srv/out": (folder / "out").read_bytes(), "etc/b": b""}])
    assert found(archive) == {(encoding, path)}
    for size in (509, 70_001):
        read = read_image(in_chunks(archive, size), canaries=[CANARY])
        assert {(match.encoding, match.path) for match in read.matches} == {(encoding, path)}


TEXTS = {
    "hex with blanks": CANARY.value.hex(" ").encode(),
    "hex with colons, in lines": CANARY.value.hex(":").replace("61:", "61:\n\t\t").encode(),
    "a C string": b'"' + b"".join(b"\\x%02x" % byte for byte in CANARY.value[:20]) + b'"\n  "'
    + b"".join(b"\\x%02x" % byte for byte in CANARY.value[20:]) + b'"',
    "a list": b"[" + b", ".join(b"0x%02x" % byte for byte in CANARY.value) + b"]",
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_hex_is_found_in_the_midst_of_something_else(save: Save, text: bytes) -> None:
    assert found(save([{"app/main.py": b"# caf\xc3\xa9\nKEY = " + text + b"\n"}])) == {
        ("hex", "/app/main.py")
    }


def test_what_is_damaged_is_searched_up_to_there(save: Save) -> None:
    packed = gzip.compress(ENV % CANARY.value + os.urandom(5000).hex().encode())
    cut, spoilt = packed[:3000], packed[:3000] + b"\xff" * 3000
    files = {"cut.gz": cut, "spoilt.gz": spoilt, "whole.gz": gzip.compress(CANARY.value)}
    assert found(save([files])) == {("gzip", f"/{name}") for name in files}


@pytest.mark.parametrize(
    "head", [b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0", b"PK\x03\x04", b"x\x9c", b"00000000: "]
)
def test_what_only_begins_like_a_packed_file_hides_nothing(save: Save, head: bytes) -> None:
    archive = save([{"a": head + b"#" * 600, "b": head + b"\0" * 30 + CANARY.value, "c": CANARY.value}])
    assert found(archive) == {("raw", "/b"), ("raw", "/c")}


def tar_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def test_a_damaged_archive_inside_an_archive_hides_nothing_beside_it(save: Save) -> None:
    inner = {
        "bad.gz": gzip.compress(b"#" * 9000)[:20] + b"\xff" * 900,
        "good.gz": gzip.compress(CANARY.value),
    }
    assert found(save([{"x.tgz": gzip.compress(tar_of(inner))}])) == {("gzip in gzip", "/x.tgz!/good.gz")}


def test_the_name_of_a_packed_file_counts(save: Save) -> None:
    packed = gzip.compress(tar_of({CANARY.value.decode(): b""}))
    assert found(save([{"x": packed}])) == {("gzip", f"/x!/{CANARY.value.decode()}")}


SMALL = Limits(packed_bytes=1_000_000, all_packed_bytes=2_000_000)
ZEROS = b"\0" * 5_000_000  # more than both
BOMBS = {
    "gzip": gzip.compress(ZEROS),
    "bzip2": bz2.compress(ZEROS),
    "gzip in gzip": gzip.compress(gzip.compress(ZEROS)),
    "many members": gzip.compress(tar_of({str(number): b"" for number in range(4000)})),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_hides_nothing_beside_it(save: Save, bomb: bytes) -> None:
    files = {"a.gz": bomb, "b.gz": gzip.compress(CANARY.value), "c": CANARY.value}
    assert found(save([files]), SMALL) == {("gzip", "/b.gz"), ("raw", "/c")}


def test_what_a_bomb_had_before_its_bound_is_found(save: Save) -> None:
    bomb = gzip.compress(tar_of({"app/.env": CANARY.value, "z": ZEROS}))
    assert found(save([{"a.tgz": bomb}]), SMALL) == {("gzip", "/a.tgz!/app/.env")}


def test_all_bombs_of_an_image_have_a_bound_together(save: Save) -> None:
    bombs = {f"{number}.gz": BOMBS["gzip"] for number in range(10)}
    files = {**bombs, "later.gz": gzip.compress(CANARY.value), "raw": CANARY.value}
    assert found(save([files]), SMALL) == {("raw", "/raw")}


def _zip_of_nothing(count: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(str(number), b"")
    return buffer.getvalue()


NOTHING = {
    "gzip": gzip.compress(b"") * 3000,
    "bzip2": bz2.compress(b"") * 3000,
    "zip": _zip_of_nothing(3000),
}


@pytest.mark.parametrize("nothing", NOTHING.values(), ids=NOTHING)
def test_what_unpacks_to_nothing_costs_time_and_counts(save: Save, nothing: bytes) -> None:
    files = {**{str(number): nothing for number in range(10)}, "later.gz": gzip.compress(CANARY.value)}
    assert found(save([{**files, "raw": CANARY.value}]), SMALL) == {("raw", "/raw")}
    assert ("gzip", "/later.gz") in found(save([files]))


def test_forms_in_each_other_are_followed_so_deep_and_no_deeper(save: Save) -> None:
    packed = CANARY.value
    for depth in range(1, 8):
        packed = gzip.compress(packed)
        expected = {(" in ".join(["gzip"] * depth), "/a")} if depth <= Limits().packed_depth else set()
        assert found(save([{"a": packed}])) == expected


def test_a_bomb_inside_a_zip_is_bounded(save: Save) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("first", CANARY.value)
        archive.writestr("bomb", ZEROS)
    assert found(save([{"a.zip": buffer.getvalue()}]), SMALL) == {("zip", "/a.zip!/first")}


LOOK_ALIKES = {
    "half of it": gzip.compress(CANARY.value[: len(CANARY.value) // 2]),
    "another value": gzip.compress(plant(["another"])[0].value),
    "half of it in hex": CANARY.value.hex(" ")[:50].encode(),
    "checksums": b"".join(b"%032x  usr/bin/%d\n" % (number, number) for number in range(500)),
    "words": b"\n".join(b"abcdefghijklmnopqrstuvwxyz%d" % number for number in range(500)),
    "its halves on lines apart": CANARY.value.hex()[:36].encode()
    + b"\nfoo=\n"
    + CANARY.value.hex()[36:].encode(),
}


@pytest.mark.parametrize("content", LOOK_ALIKES.values(), ids=LOOK_ALIKES.keys())
def test_a_look_alike_is_no_match(save: Save, content: bytes) -> None:
    assert found(save([{"srv/out": content}])) == set()


def test_a_large_program_is_searched_all_through(save: Save) -> None:
    """Its bytes are searched as they are; text in lines is looked for in what may be text."""
    noise = os.urandom(1_500_000)
    archive = save(
        [{"lib.so": b"\x7fELF" + noise + CANARY.value + noise, "b": CANARY.value.hex(" ").encode()}]
    )
    read = read_image(in_chunks(archive, 65_536), canaries=[CANARY])
    assert {(match.encoding, match.path) for match in read.matches} == {("raw", "/lib.so"), ("hex", "/b")}


def test_packed_files_of_the_base_are_not_looked_into(
    save: Save, tar_layer: Callable[..., bytes], digest: Callable[[bytes], str]
) -> None:
    base = tar_layer({"a.gz": gzip.compress(CANARY.value)})
    read = read_image(
        [save([base, {"b": b""}])], base_layers=[digest(base)], canaries=[Canary("k", CANARY.value)]
    )
    assert read.matches == ()

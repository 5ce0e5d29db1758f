"""The walker over tar headers, held against `tarfile` and against forged input."""

import io
import tarfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.evidence.image.byte_stream import ByteStream, ImageTooLarge, ImageUnreadable
from checks.evidence.image.tar_headers import Member, members

HEADER_BYTES = 10_000


def walk(data: bytes, chunk: int = 1000) -> list[Member]:
    chunks = (data[at : at + chunk] for at in range(0, len(data), chunk))
    return list(members(ByteStream(chunks, "the tar"), HEADER_BYTES))


def by_tarfile(data: bytes) -> list[tuple[str, str, int, str]]:
    def kind(info: tarfile.TarInfo) -> str:
        if info.isdir():
            return "directory"
        return "link" if info.issym() or info.islnk() else "file" if info.isfile() else "other"

    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return [(info.name.rstrip("/"), kind(info), info.size, info.linkname) for info in tar]


def ours(data: bytes, chunk: int = 1000) -> list[tuple[str, str, int, str]]:
    return [
        (member.name.rstrip("/"), member.kind, member.size, member.target) for member in walk(data, chunk)
    ]


CHARACTERS = st.characters(exclude_characters="\0/", codec="utf-8")
NAMES = st.lists(st.text(CHARACTERS, min_size=1, max_size=90), min_size=1, max_size=5).map("/".join)
TYPES = st.sampled_from(
    [tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(NAMES, TYPES, st.binary(max_size=1500), NAMES), max_size=6),
    st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
    st.integers(1, 3000),
)
def test_sees_what_tarfile_sees(
    entries: list[tuple[str, bytes, bytes, str]], tar_format: int, chunk: int
) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tar_format) as tar:
        for name, flag, content, target in entries:
            info = tarfile.TarInfo(name)
            info.type, info.mtime = flag, 1.5
            info.linkname = target if flag in {tarfile.SYMTYPE, tarfile.LNKTYPE} else ""
            info.size = len(content) if flag == tarfile.REGTYPE else 0
            tar.addfile(info, io.BytesIO(content))
    assert ours(buffer.getvalue(), chunk) == by_tarfile(buffer.getvalue())


def test_joins_the_two_parts_of_a_ustar_name() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        tar.addfile(tarfile.TarInfo("d" * 90 + "/" + "n" * 80))
    assert ours(buffer.getvalue()) == [("d" * 90 + "/" + "n" * 80, "file", 0, "")]


def header(name: bytes, flag: bytes, size: bytes, rest: bytes = b"") -> bytes:
    block = bytearray(512)
    block[: len(name)] = name
    block[124 : 124 + len(size)] = size
    block[148:156] = b" " * 8
    block[156:157] = flag
    block[257:265] = b"ustar\x0000"
    block[482 : 482 + len(rest)] = rest
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def test_reads_a_size_in_base_256() -> None:
    data = header(b"big", b"0", b"\x80" + bytes(9) + b"\x02\x01") + bytes(1024)
    assert walk(data) == [Member("big", "file", 513, 513, "")]


def test_reads_an_old_sparse_file_with_a_long_map() -> None:
    first = header(b"sparse", b"S", b"00000000010\0", b"\x01" + b"00000100000\0")
    data = (
        first
        + bytes(504)
        + b"\x01"
        + bytes(7)
        + bytes(512)
        + b"8 bytes."
        + bytes(504)
        + header(b"b", b"0", b"0")
    )
    assert [(member.name, member.size, member.stored) for member in walk(data)] == [
        ("sparse", 0o100000, 8),
        ("b", 0, 0),
    ]


def test_reads_the_real_size_of_a_pax_sparse_file() -> None:
    records = b"22 GNU.sparse.major=1\n" + b"27 GNU.sparse.name=real/na\n" + b"27 GNU.sparse.realsize=900\n"
    data = header(b"x", b"x", b"%011o\0" % len(records)) + records.ljust(512, b"\0")
    data += header(b"GNUSparseFile.0/na", b"0", b"00000000010\0") + bytes(512)
    assert walk(data) == [Member("real/na", "file", 900, 8, "")]


def test_links_and_directories_have_no_data_whatever_size_they_claim() -> None:
    data = b"".join(header(b"n", flag, b"00000001000\0") for flag in (b"1", b"2", b"3", b"4", b"5", b"6"))
    assert [member.stored for member in walk(data)] == [0] * 6


def test_a_name_that_is_no_utf_8_can_be_told_back() -> None:
    (member,) = walk(header(b"caf\xe9", b"0", b"0"))
    assert member.name.encode("utf-8", "surrogateescape") == b"caf\xe9"


BROKEN = {
    "checksum": b"x" * 512,
    "negative size": header(b"a", b"0", b"\xff" * 12),
    "no octal": header(b"a", b"0", b"0000009\0"),
    "cut in a header": header(b"a", b"0", b"0")[:300],
    "cut in the data": header(b"a", b"0", b"00000001000\0") + b"short",
    "PAX without length": header(b"a", b"x", b"00000000010\0") + b"xx a=b\n".ljust(512, b"\0"),
    "PAX with a length beyond the end": header(b"a", b"x", b"00000000010\0")
    + b"99 a=b\n\n".ljust(512, b"\0"),
    "PAX with length 0": header(b"a", b"x", b"00000000010\0") + b"0 a=bcd\n".ljust(512, b"\0"),
    "PAX size that is no number": header(b"a", b"x", b"00000000013\0")
    + b"11 size=-1\n".ljust(512, b"\0")
    + header(b"a", b"0", b"0"),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_broken_is_refused(data: bytes) -> None:
    with pytest.raises(ImageUnreadable):
        walk(data)


@pytest.mark.parametrize("flag", [b"x", b"g", b"L", b"K"])
def test_an_absurd_extended_header_is_refused_before_it_is_read(flag: bytes) -> None:
    with pytest.raises(ImageTooLarge) as refused:
        walk(header(b"a", flag, b"77777777777\0"))
    assert refused.value.limit == "header_bytes"


@given(st.binary(max_size=2000), st.binary(max_size=600))
def test_no_bytes_raise_anything_else(noise: bytes, record: bytes) -> None:
    for data in (noise, header(b"a", b"x", b"%011o\0" % len(record)) + record.ljust(1024, b"\0") + noise):
        with suppress(ImageUnreadable):
            walk(data)

import io
import lzma
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.evidence.submission.limits import DEFAULT_LIMITS, MIB, Refused, SubmissionError, SubmissionRefused
from checks.evidence.submission.submission import open_submission

DOCKERFILE = "task1_layers/Dockerfile"


def make_zip(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def make_tar(path: Path, *members: tarfile.TarInfo, mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for member in members:
            archive.addfile(member, io.BytesIO(b"x" * member.size))
    return path


def entry(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, link
    return info


def zip_entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


def refusal(path: Path) -> SubmissionRefused:
    with pytest.raises(SubmissionRefused) as caught:
        open_submission(path)
    assert caught.value.what
    assert caught.value.what_to_do
    return caught.value


def refused_file(path: Path, name: str = DOCKERFILE) -> str:
    with open_submission(path) as submission, pytest.raises(Refused) as caught:
        submission.read(name)
    return str(caught.value)


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_of_every_compression_is_read(tmp_path: Path, mode: str) -> None:
    path = make_tar(tmp_path / "ada.tar", entry("./"), entry("./" + DOCKERFILE, size=3), mode=mode)
    with open_submission(path) as submission:
        assert submission.read(DOCKERFILE) == b"xxx"
        assert submission.read("task1_layers/answers.yaml") is None
        assert submission.has_folder("task1_layers")
        assert submission.labs == ("task1_layers",)


def test_a_tar_is_read_forwards_and_backwards(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tgz", *(entry(f"t/{n}", size=n) for n in range(1, 9)), mode="w:gz")
    with open_submission(path) as submission:
        for n in (8, 1, 5, 2):
            assert submission.read(f"t/{n}") == b"x" * n


@pytest.mark.parametrize("prefix", ["", "course-main/", "./"])
def test_a_zip_is_read_one_folder_deeper_too(tmp_path: Path, prefix: str) -> None:
    noise = {"__MACOSX/._x": b"", ".DS_Store": b""}
    path = make_zip(tmp_path / "ada.zip", {prefix + DOCKERFILE: b"FROM a", **noise})
    with open_submission(path) as submission:
        assert submission.read(DOCKERFILE) == b"FROM a"
        assert submission.has_folder("task1_layers")
        assert not submission.has_folder("task2_caching")
        assert "task1_layers" in submission.labs


def test_backslashes_of_windows_own_packer_are_slashes(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "ada.zip", {"task1_layers\\Dockerfile": b"FROM a"})
    with open_submission(path) as submission:
        assert submission.read(DOCKERFILE) == b"FROM a"


def test_the_executable_bit_is_known(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(zip_entry("t/run.sh", stat.S_IFREG | 0o755), b"")
        archive.writestr(zip_entry("t/plain", stat.S_IFREG | 0o644), b"")
    with open_submission(tmp_path / "a.zip") as submission:
        run, plain = submission.find("t/run.sh"), submission.find("t/plain")
    assert run is not None
    assert run.executable
    assert plain is not None
    assert not plain.executable


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/etc/passwd", "C:/evil", "..\\evil", "\\evil"])
def test_a_zip_name_that_leads_out_refuses_the_zip(tmp_path: Path, name: str) -> None:
    refusal(make_zip(tmp_path / "a.zip", {DOCKERFILE: b"FROM a", name: b"x"}))
    assert sorted(tmp_path.iterdir()) == [tmp_path / "a.zip"]


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/etc/passwd"])
def test_a_tar_name_that_leads_out_refuses_the_tar(tmp_path: Path, name: str) -> None:
    refusal(make_tar(tmp_path / "a.tar", entry(DOCKERFILE), entry(name)))
    assert sorted(tmp_path.iterdir()) == [tmp_path / "a.tar"]


def test_a_hostile_name_is_printable_in_the_message(tmp_path: Path) -> None:
    error = refusal(make_zip(tmp_path / "a.zip", {"../\x1b[2Jevil\nPASSED": b"x"}))
    assert str(error).isprintable()
    assert r"\x1b" in str(error)


def test_a_name_with_a_nul_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"t/Dockerfile?x": b"x"})
    path.write_bytes(path.read_bytes().replace(b"file?x", b"file\0x"))
    assert "NUL" in refusal(path).why


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {DOCKERFILE: b"x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "encrypted" in refusal(path).why


def test_links_in_a_tar_are_refused_when_they_are_asked_for(tmp_path: Path) -> None:
    path = make_tar(
        tmp_path / "a.tar",
        entry("t/secret", size=1),
        entry("t/soft", tarfile.SYMTYPE, link="/etc/passwd"),
        entry("t/hard", tarfile.LNKTYPE, link="t/secret"),
        entry("t/pipe", tarfile.FIFOTYPE),
        entry("t/device", tarfile.CHRTYPE),
        entry("t/disk", tarfile.BLKTYPE),
        entry("folder", tarfile.SYMTYPE, link="t"),
    )
    assert "symbolic link" in refused_file(path, "t/soft")
    assert "hard link" in refused_file(path, "t/hard")
    assert "symbolic link" in refused_file(path, "folder/secret")
    for name in ("t/pipe", "t/device", "t/disk"):
        assert "not a regular file" in refused_file(path, name)
    assert "folder" in refused_file(path, "t")
    assert "not a folder" in refused_file(path, "t/secret/x")


def test_links_in_a_zip_are_refused_when_they_are_asked_for(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(zip_entry(DOCKERFILE, stat.S_IFLNK | 0o777), "/etc/passwd")
        archive.writestr(zip_entry("t/pipe", stat.S_IFIFO), "")
    assert "symbolic link" in refused_file(tmp_path / "a.zip")
    assert "not a regular file" in refused_file(tmp_path / "a.zip", "t/pipe")


def test_a_member_below_a_link_refuses_the_archive(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tar", entry("t", tarfile.SYMTYPE, link="/etc"), entry("t/passwd"))
    assert "no folder" in refusal(path).why


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_refuse_the_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("t/a", "one")
        archive.writestr("t//a", "two")
    for path in (tmp_path / "a.zip", make_tar(tmp_path / "a.tar", entry("t/a"), entry("./t/a"))):
        assert "two members" in refusal(path).why


def test_a_folder_may_be_listed_twice(tmp_path: Path) -> None:
    path = make_tar(
        tmp_path / "a.tar", entry("t", tarfile.DIRTYPE), entry("t", tarfile.DIRTYPE), entry("t/a")
    )
    open_submission(path).close()


def test_overlapping_members_refuse_the_zip(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"t/a": b"a" * 99, "t/b": b"b" * 99}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    data[second + 42 : second + 46] = struct.pack("<L", 0)  # its data are the first member's
    path.write_bytes(data)
    assert "overlaps" in refusal(path).why


def test_two_joined_zips_are_refused(tmp_path: Path) -> None:
    first, second = (make_zip(tmp_path / f"{n}.zip", {"t/a": n.encode()}) for n in "ab")
    first.write_bytes(first.read_bytes() + second.read_bytes())
    assert "before its first member" in refusal(first).why


def test_the_local_name_must_be_the_listed_one(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {DOCKERFILE: b"x"})
    path.write_bytes(path.read_bytes().replace(b"Dockerfile", b"Dickerfile", 1))
    assert "damaged" in refused_file(path)


def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    dense = make_zip(tmp_path / "dense.zip", {"t/zeros": bytes(40 * MIB)})
    assert dense.stat().st_size < MIB
    assert "times" in refusal(dense).why
    data = bytearray(make_zip(tmp_path / "large.zip", {"t/a": b"a"}).read_bytes())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<L", 0xFFFFFFF0)  # 4 GiB
    (tmp_path / "large.zip").write_bytes(data)
    assert "512 MiB" in refusal(tmp_path / "large.zip").why


def test_a_zip_member_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {DOCKERFILE: bytes(20 * MIB)})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<L", 10)
    path.write_bytes(data)
    assert "damaged" in refused_file(path)


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_a_tar_bomb_is_refused_while_it_is_listed(tmp_path: Path, mode: str) -> None:
    path = make_tar(tmp_path / "a.tar", entry("t/zeros", size=48 * MIB), entry("t/a"), mode=mode)
    assert "times" in refusal(path).why


def test_a_tar_that_declares_terabytes_is_refused_unread(tmp_path: Path) -> None:
    header = entry("t/a")
    header.size = 1 << 42
    (tmp_path / "a.tar.xz").write_bytes(lzma.compress(header.tobuf(tarfile.GNU_FORMAT)))
    assert "512 MiB" in refusal(tmp_path / "a.tar.xz").why


def test_a_tar_with_a_huge_header_is_refused(tmp_path: Path) -> None:
    member = entry("t/a")
    member.pax_headers = {"comment": "9" * 100_000}
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(member)
    assert "header" in refusal(path).why


def test_a_sparse_file_is_not_read(tmp_path: Path) -> None:
    assert "not a regular file" in refused_file(
        make_tar(tmp_path / "a.tar", entry(DOCKERFILE, tarfile.GNUTYPE_SPARSE))
    )


def test_limits_on_members_depth_and_names(tmp_path: Path) -> None:
    few = replace(DEFAULT_LIMITS, members=10)
    path = make_zip(tmp_path / "many.zip", {f"t/{n}": b"" for n in range(11)})
    with pytest.raises(SubmissionRefused, match="10 members"):
        open_submission(path, few)
    assert "40 folders" in refusal(make_zip(tmp_path / "deep.zip", {"a/" * 41 + "x": b""})).why
    assert "1024" in refusal(make_zip(tmp_path / "long.zip", {"a" * 1025: b""})).why


def test_limits_on_the_archive_its_directory_and_the_time(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {f"t/{n:0500}": b"" for n in range(200)})
    with pytest.raises(SubmissionRefused, match="larger than 1 KiB"):
        open_submission(path, replace(DEFAULT_LIMITS, archive_bytes=1024))
    with pytest.raises(SubmissionRefused, match="longer than"):
        open_submission(path, replace(DEFAULT_LIMITS, directory_bytes=1024))
    with pytest.raises(SubmissionRefused, match="more than -1 s"):
        open_submission(path, replace(DEFAULT_LIMITS, listing_seconds=-1))


@pytest.mark.parametrize("make", [
    lambda path: make_zip(path, {DOCKERFILE: bytes(2 * MIB + 1)}),
    lambda path: make_tar(path, entry(DOCKERFILE, size=2 * MIB + 1)),
])  # fmt: skip
def test_a_file_above_the_limit_is_refused_by_name(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    assert "2 MiB" in refused_file(make(tmp_path / "a"))


def test_a_file_at_the_limit_is_read(tmp_path: Path) -> None:
    with open_submission(make_zip(tmp_path / "a.zip", {DOCKERFILE: bytes(2 * MIB)})) as submission:
        assert submission.read(DOCKERFILE) == bytes(2 * MIB)


def test_unusual_packing_methods_are_refused(tmp_path: Path) -> None:
    assert "unusual" in refused_file(make_zip(tmp_path / "a.zip", {DOCKERFILE: b"x"}, zipfile.ZIP_LZMA))


def test_an_archive_in_an_archive_is_not_opened(tmp_path: Path) -> None:
    inner = make_zip(tmp_path / "inner.zip", {DOCKERFILE: b"x"}).read_bytes()
    for name in ("inner.zip", "ada/inner.zip"):
        assert name in refusal(make_zip(tmp_path / "outer.zip", {name: inner})).why
    # A tar that ends with a stored zip is still a tar.
    tar = make_tar(tmp_path / "a.tar", entry("t/a", size=1))
    with tarfile.open(tar, "a") as archive:
        info = entry("t/b.zip", size=len(inner))
        archive.addfile(info, io.BytesIO(inner))
    with open_submission(tar) as submission:
        assert submission.read("t/a") == b"x"


NO_ARCHIVES = {
    "empty": b"",
    "a Dockerfile": b"FROM ubuntu:20.04\n",
    "the magic of a zip": b"PK\x03\x04",
    "the magic of gzip": b"\x1f\x8b",
    "the magic of bzip2": b"BZh9",
    "the magic of xz": b"\xfd7zXZ\x00",
    "zeros, an empty tar": bytes(10240),
    "an empty zip": b"PK\x05\x06" + bytes(18),
    "noise": b"\xff" * 5000,
}


@pytest.mark.parametrize("data", NO_ARCHIVES.values(), ids=NO_ARCHIVES.keys())
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "ada.zip").write_bytes(data)
    refusal(tmp_path / "ada.zip")


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz"])
def test_a_truncated_archive_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    mode = {"a.tar": "w"}.get(name, f"w:{name.rpartition('.')[2]}")
    if name == "a.zip":
        make_zip(path, {"t/a": bytes(range(256)) * 50})
    else:
        make_tar(path, entry("t/a", size=5000), entry("t/b", size=5000), mode=mode)
    path.write_bytes(path.read_bytes()[: -path.stat().st_size // 2])
    refusal(path)


def test_a_damaged_header_in_the_middle_is_not_the_end(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tar", entry("t/a", size=10), entry("t/b", size=10))
    data = bytearray(path.read_bytes())
    data[1024 + 148 : 1024 + 156] = b"garbage!"
    path.write_bytes(data)
    assert "damaged" in refusal(path).why


def test_a_path_that_is_not_there_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError) as caught:
        open_submission(tmp_path / "nobody.zip")
    assert not isinstance(caught.value, SubmissionRefused)


def sample(kind: str) -> bytes:
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("t/a", b"abc" * 100)
            archive.writestr("t/b", b"xyz")
    else:
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name in ("t/a", "t/ü" + "x" * 120):
                tar.addfile(entry(name, size=3), io.BytesIO(b"abc"))
    return buffer.getvalue()


DAMAGE = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), max_size=8)


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["zip", "tar"]),
    st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), max_size=8),
)
def test_any_damage_is_a_refusal_or_a_reading(
    tmp_path: Path, kind: str, damage: list[tuple[int, int]]
) -> None:
    data = bytearray(sample(kind))
    for position, value in damage:
        data[position % len(data)] = value
    path = tmp_path / "damaged"
    path.write_bytes(data)
    try:
        with open_submission(path) as submission:
            submission.read("t/a")
    except (Refused, SubmissionRefused) as refused:
        assert str(refused).isprintable()  # noqa: PT017

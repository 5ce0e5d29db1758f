"""List a tar, plain or compressed, in one bounded pass, since a tar has no table of contents."""

import bz2
import gzip
import lzma
import tarfile
import zlib
from typing import IO, BinaryIO, cast

from checks.evidence.submission.limited_file import LimitedFile
from checks.evidence.submission.limits import Limits, Refused, SubmissionRefused
from checks.evidence.submission.listing import Kind, Listing, Member, Packed, refuse_bomb
from checks.evidence.submission.tree import read_at_most
from checks.sanitize import sanitize_line

# Exceptions of tarfile and the decompressors for damaged input, over the supported versions of Python.
_DAMAGE = (
    tarfile.TarError, OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, IndexError, KeyError,
    TypeError, OverflowError, RecursionError, MemoryError,
)  # fmt: skip
_MAGIC_BYTES = 6
_GLOBAL_HEADERS = 100  # `git archive` writes one, its commit


def open_tar(file: BinaryIO, name: str, limits: Limits) -> Packed[tarfile.TarInfo]:
    """List a tar; raise `SubmissionRefused` if it is refused, damaged or not an archive at all."""
    size = file.seek(0, 2)
    listing = Listing[tarfile.TarInfo](name, size, limits)
    bounded = LimitedFile(
        _unpacked(file),
        lambda position: refuse_bomb(name, position, size, limits),
        limits.tar_header_bytes,
        limits.listing_seconds,
        listing.refused,
    )
    archive = _list(bounded, name, listing)
    bounded.trust()
    return Packed(listing, lambda info, count: _unpack(archive, info, count), file, limits)


def _unpacked(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    magic = file.read(_MAGIC_BYTES)
    file.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return cast("BinaryIO", gzip.GzipFile(fileobj=file))
    if magic.startswith(b"BZh"):
        return cast("BinaryIO", bz2.BZ2File(file))
    return cast("BinaryIO", lzma.LZMAFile(file)) if magic == b"\xfd7zXZ\x00" else file


def _list(bounded: LimitedFile, name: str, listing: Listing[tarfile.TarInfo]) -> tarfile.TarFile:
    try:
        archive = tarfile.TarFile(fileobj=cast("IO[bytes]", bounded))
    except _DAMAGE:
        why = "it is neither a zip nor a tar (plain, gz, bz2 or xz), or it is damaged at its beginning"
        raise SubmissionRefused(name, why, "Hand in a folder, a zip or a tar") from None
    try:
        while (info := archive.next()) is not None:
            listing.add(info.name, Member(_kind(info), info.size, bool(info.mode & 0o100), info))
            _forget_headers(archive, info, listing)
        end = _end(bounded, archive)
    except _DAMAGE as error:
        why = f"it is a damaged or incomplete tar ({sanitize_line(str(error))})"
        raise SubmissionRefused(name, why, "Pack and upload it again") from None
    if end.strip(b"\0"):  # tarfile treats a header that it cannot read as the end
        raise SubmissionRefused(name, "a member's header in it is damaged", "Pack and upload it again")
    return archive


def _forget_headers(
    archive: tarfile.TarFile, info: tarfile.TarInfo, listing: Listing[tarfile.TarInfo]
) -> None:
    # tarfile keeps a copy of all headers with every member: megabytes in the archive, gigabytes in memory.
    info.pax_headers = {}
    if len(archive.pax_headers) > _GLOBAL_HEADERS:
        raise listing.refused(f"it has more than {_GLOBAL_HEADERS} global headers")


def _end(bounded: LimitedFile, archive: tarfile.TarFile) -> bytes:
    bounded.seek(archive.offset)
    return bounded.read(tarfile.BLOCKSIZE)


def _kind(info: tarfile.TarInfo) -> Kind:
    if info.isdir():
        return Kind.FOLDER
    if info.issym():
        return Kind.SYMLINK
    if info.islnk():
        return Kind.HARDLINK
    regular = info.type in tarfile.REGULAR_TYPES and info.sparse is None
    return Kind.FILE if regular else Kind.SPECIAL


def _unpack(archive: tarfile.TarFile, info: tarfile.TarInfo, count: int) -> bytes:
    name = sanitize_line(info.name)
    try:
        member = archive.extractfile(info)
        if member is None:
            raise Refused(f"{name} is not a regular file")
        with member:
            return read_at_most(member.read, count)
    except _DAMAGE as error:
        raise Refused(f"{name} is damaged inside the tar ({sanitize_line(str(error))})") from None

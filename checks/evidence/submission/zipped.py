"""List a zip; trust the central directory only where the rest of the file agrees with it."""

import stat
import struct
import zipfile
import zlib
from typing import IO, BinaryIO, cast

from checks.evidence.submission.limited_file import LimitedFile
from checks.evidence.submission.limits import Limits, Refused, SubmissionRefused
from checks.evidence.submission.listing import Kind, Listing, Member, Packed
from checks.evidence.submission.tree import read_at_most
from checks.sanitize import sanitize_line

# Exceptions of zipfile for damaged input, over the supported versions of Python.
_DAMAGE = (
    zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OverflowError, EOFError, OSError,
    LookupError, RuntimeError, zlib.error, MemoryError,
)  # fmt: skip
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")  # a first member, or the end record of an empty zip
_TAIL_BYTES = 22 + 0xFFFF  # the end record and the longest comment after it (APPNOTE.TXT 4.3.16)
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # APPNOTE.TXT 4.4.4: encrypted, strongly encrypted, directory encrypted
_LOCAL_HEADER_BYTES = 30  # without the name, APPNOTE.TXT 4.3.7
_UNIX = 3  # "version made by", APPNOTE.TXT 4.4.2


def looks_like_zip(file: BinaryIO) -> bool:
    """Whether a file begins as a zip. Its end proves nothing: a tar whose last member is a zip ends as one."""
    file.seek(0)
    return file.read(4) in _SIGNATURES


def open_zip(file: BinaryIO, name: str, limits: Limits) -> Packed[zipfile.ZipInfo]:
    """List a zip; raise `SubmissionRefused` if it is refused or damaged."""
    size = file.seek(0, 2)
    listing = Listing[zipfile.ZipInfo](name, size, limits)
    bounded = LimitedFile(
        file,
        lambda _: None,
        max(limits.directory_bytes, _TAIL_BYTES),
        limits.listing_seconds,
        listing.refused,
    )
    try:
        archive = zipfile.ZipFile(cast("IO[bytes]", bounded))
    except _DAMAGE as error:
        why = f"it is a damaged or incomplete zip ({sanitize_line(str(error))})"
        raise SubmissionRefused(name, why, "Pack and upload it again") from None
    for info in archive.infolist():
        _add(listing, info)
    _refuse_overlaps(listing, archive.infolist(), size)
    bounded.trust()

    def unpack(info: zipfile.ZipInfo, count: int) -> bytes:
        return _unpack(archive, info, count)

    return Packed(listing, unpack, file, limits)


def _add(listing: Listing[zipfile.ZipInfo], info: zipfile.ZipInfo) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise listing.refused(
            f"{sanitize_line(info.filename)} is encrypted", "Pack it again without a password"
        )
    # orig_filename: zipfile cuts a name at its first NUL. Windows' own Compress-Archive writes backslashes.
    name = info.orig_filename.replace("\\", "/")
    mode = info.external_attr >> 16 if info.create_system == _UNIX else 0
    kind = Kind.FOLDER if name.endswith("/") else _kind(mode)
    listing.add(name, Member(kind, info.file_size, bool(mode & stat.S_IXUSR), info))


def _kind(mode: int) -> Kind:
    kinds = {0: Kind.FILE, stat.S_IFREG: Kind.FILE, stat.S_IFDIR: Kind.FOLDER, stat.S_IFLNK: Kind.SYMLINK}
    return kinds.get(stat.S_IFMT(mode), Kind.SPECIAL)


def _refuse_overlaps(listing: Listing[zipfile.ZipInfo], infos: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse members that share packed bytes, with which a small zip unpacks to petabytes without nesting."""
    in_order = sorted(infos, key=lambda info: info.header_offset)
    starts = [info.header_offset for info in in_order] + [size]
    if starts[0] and infos:
        raise listing.refused("there are data before its first member, as when two zips are joined")
    for info, following in zip(in_order, starts[1:], strict=True):
        if info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size > following:
            raise listing.refused(f"{sanitize_line(info.filename)} overlaps another member")


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, count: int) -> bytes:
    name = sanitize_line(info.filename)
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        # The others decompress whole blocks, or reserve memory, before a limit of ours could apply.
        raise Refused(f"{name} is packed with an unusual method. Pack it with an ordinary zip program")
    try:
        with archive.open(info) as member:
            return read_at_most(member.read, count)
    except _DAMAGE as error:
        raise Refused(f"{name} is damaged inside the zip ({sanitize_line(str(error))})") from None

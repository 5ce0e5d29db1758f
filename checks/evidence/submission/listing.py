"""The members of an archive as a tree: look them up by name, and unpack them one at a time.

It refuses names that two programs could read differently: absolute paths, `..`, duplicates, members below a file.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Generic, TypeVar

from checks.evidence.submission.limits import Limits, Refused, SubmissionRefused, size_text
from checks.evidence.submission.tree import Parts, SubmittedFile, shown, too_large
from checks.sanitize import sanitize_line

_DRIVE = re.compile(r"[A-Za-z]:")
PACK_AGAIN = "Pack the folder again, with an ordinary zip program"

Handle = TypeVar("Handle")


class Kind(StrEnum):
    """The kind that a member declares; the values complete the sentence "it is ..."."""

    FILE = "a file, not a folder"
    FOLDER = "a folder, not a file"
    SYMLINK = "a symbolic link, and links are never followed"
    HARDLINK = "a hard link, and links are never followed"
    SPECIAL = "not a regular file"


@dataclass(frozen=True, slots=True)
class Member(Generic[Handle]):
    """One entry; `size` is the declared size in bytes, `handle` the object of the archive's own reader."""

    kind: Kind
    size: int
    executable: bool
    handle: Handle | None


class Listing(Generic[Handle]):
    """Members in one namespace; `add` raises `SubmissionRefused` if a limit is hit or a name is hostile."""

    def __init__(self, archive: str, packed_bytes: int, limits: Limits) -> None:
        self.members: dict[Parts, Member[Handle]] = {}
        self._archive = archive
        self._packed_bytes = packed_bytes
        self._limits = limits
        self._entries = 0
        self._declared_bytes = 0

    def add(self, name: str, member: Member[Handle]) -> None:
        """Add one entry under the name that the archive gives it."""
        self._entries += 1
        if self._entries > self._limits.members:
            raise self.refused(f"it has more than {self._limits.members} members, the most that are listed")
        parts = self._parts_of(name)
        self._count_bytes(member.size)
        if not parts:  # "./", the folder that was packed
            return
        for depth in range(1, len(parts)):
            above = self.members.setdefault(parts[:depth], _implied_folder())
            if above.kind is not Kind.FOLDER:
                raise self.refused(f"{sanitize_line(name)} lies below a member that is no folder")
        self._put(parts, name, member)

    def refused(self, why: str, what_to_do: str = PACK_AGAIN) -> SubmissionRefused:
        """Return the refusal of this archive."""
        return SubmissionRefused(self._archive, why, what_to_do)

    def _put(self, parts: Parts, name: str, member: Member[Handle]) -> None:
        earlier = self.members.get(parts)
        if earlier is not None and not (earlier.kind is Kind.FOLDER and member.kind is Kind.FOLDER):
            raise self.refused(f"two members have the name {sanitize_line(name)}, and only one can be meant")
        self.members[parts] = member

    def _parts_of(self, name: str) -> Parts:
        if "\0" in name:
            raise self.refused(f"the member name {sanitize_line(name)} has a NUL in it")
        if name.startswith("/") or _DRIVE.match(name):
            raise self.refused(f"the member name {sanitize_line(name)} is absolute")
        parts = tuple(part for part in name.split("/") if part not in {"", "."})
        if ".." in parts:
            raise self.refused(f"the member name {sanitize_line(name)} leads out of the archive")
        self._check_length(name, parts)
        return parts

    def _check_length(self, name: str, parts: Parts) -> None:
        limits = self._limits
        if len(name) > limits.name_characters:
            raise self.refused(f"a member name is longer than {limits.name_characters} characters")
        if len(parts) > limits.depth:
            raise self.refused(f"{sanitize_line(name)} lies more than {limits.depth} folders deep")

    def _count_bytes(self, size: int) -> None:
        self._declared_bytes += size
        if size < 0:
            raise self.refused("a member declares a negative size")
        refuse_bomb(self._archive, self._declared_bytes, self._packed_bytes, self._limits)


def refuse_bomb(archive: str, unpacked: int, packed: int, limits: Limits) -> None:
    """Raise `SubmissionRefused` if `unpacked` bytes, declared or read, are too many for `packed` bytes."""
    smaller = "Hand in the files of the course only: no data, no models, no virtual environment"
    if unpacked > limits.unpacked_bytes:
        why = f"it unpacks to more than {size_text(limits.unpacked_bytes)}, the most that is accepted"
        raise SubmissionRefused(archive, why, smaller)
    if unpacked > max(limits.ratio_free_bytes, limits.ratio * packed):
        own = size_text(packed)
        why = f"it unpacks to more than {limits.ratio} times its own {own}, as an archive bomb does"
        raise SubmissionRefused(archive, why, smaller)


def _implied_folder() -> Member[Handle]:
    return Member(Kind.FOLDER, 0, executable=False, handle=None)


class Packed(Generic[Handle]):
    """A listing and a function that unpacks one member: `unpack(handle, limit)` returns at most `limit` bytes."""

    def __init__(
        self, listing: Listing[Handle], unpack: Callable[[Handle, int], bytes], file: BinaryIO, limits: Limits
    ) -> None:
        self._members = listing.members
        self._unpack = unpack
        self._file = file
        self._limits = limits

    def has(self, parts: Parts) -> bool:
        """Whether a member of that name exists, of any kind."""
        return parts in self._members

    def folders(self, parts: Parts) -> tuple[str, ...]:
        """Return the names of the folders directly in that folder, sorted."""
        return self._names(parts, folders=True)

    def files(self, parts: Parts) -> tuple[str, ...]:
        """Return the names of everything else directly in that folder, sorted."""
        return self._names(parts, folders=False)

    def read(self, parts: Parts) -> SubmittedFile | None:
        """Return the file, None if it is absent; raise `Refused` if it cannot be read."""
        for depth in range(1, len(parts)):
            above = self._members.get(parts[:depth])
            if above is not None and above.kind is not Kind.FOLDER:
                raise Refused(f"{shown(parts[:depth])} is {above.kind}")
        member = self._members.get(parts)
        if member is None:
            return None
        if member.kind is not Kind.FILE or member.handle is None:
            raise Refused(f"{shown(parts)} is {member.kind}")
        limit = self._limits.file_bytes
        data = self._unpack(member.handle, limit + 1) if member.size <= limit else None
        if data is None or len(data) > limit:
            raise Refused(too_large(parts, limit))
        return SubmittedFile(data, member.executable)

    def close(self) -> None:
        """Close the archive's file."""
        self._file.close()

    def _names(self, parts: Parts, *, folders: bool) -> tuple[str, ...]:
        found = (
            name[-1]
            for name, member in self._members.items()
            if name[:-1] == parts and (member.kind is Kind.FOLDER) is folders
        )
        return tuple(sorted(found))

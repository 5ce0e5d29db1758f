"""The tree inside an archive, once its members are listed: looked up by name, unpacked one at a time."""

from collections.abc import Callable
from typing import BinaryIO, Generic

from checks.evidence.limits import Limits
from checks.evidence.listing import Handle, Kind, Listing
from checks.evidence.refused import Refused
from checks.evidence.tree import Parts, SubmittedFile, shown, too_large


class Packed(Generic[Handle]):
    """A listing and a way to unpack one member: `unpack(handle, limit)` gives at most `limit` bytes."""

    def __init__(
        self, listing: Listing[Handle], unpack: Callable[[Handle, int], bytes], file: BinaryIO, limits: Limits
    ) -> None:
        self._members = listing.members
        self._unpack = unpack
        self._file = file
        self._limits = limits

    def has(self, parts: Parts) -> bool:
        """There is a member of that name, whatever it is."""
        return parts in self._members

    def folders(self, parts: Parts) -> tuple[str, ...]:
        """Names of the folders directly in that folder, sorted."""
        return self._names(parts, folders=True)

    def files(self, parts: Parts) -> tuple[str, ...]:
        """Names of everything else directly in that folder, sorted."""
        return self._names(parts, folders=False)

    def read(self, parts: Parts) -> SubmittedFile | None:
        """The file, or None when it is absent. Raises `Refused`."""
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

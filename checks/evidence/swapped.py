"""A file of a workspace rewritten while a container that may write there is running.

The container could have put a link in its place, so that no link is followed on the way.
"""

import os
from pathlib import Path, PurePosixPath

from checks.evidence.refused import Refused

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def overwrite(root: Path, relative: str, data: bytes) -> None:
    """Give the file other bytes, in place: a mount of the file alone sees them, too. Raises `Refused`."""
    *folders, name = PurePosixPath(relative).parts
    opened = os.open(root, _FOLDER)
    try:
        for folder in folders:
            below = os.open(folder, _FOLDER, dir_fd=opened)
            os.close(opened)
            opened = below
        with open(os.open(name, _FILE, 0o644, dir_fd=opened), "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(data)
    except OSError as error:
        raise Refused(f"{relative} was put aside by the container ({error.strerror})") from error
    finally:
        os.close(opened)

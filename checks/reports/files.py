"""Write a report to disk atomically, so that a reader sees the old file or the new one, never half of one."""

import os
import secrets
from pathlib import Path


def write_atomically(path: Path, text: str) -> None:
    """Write UTF-8 to a temporary file and rename it to `path`; escape characters that UTF-8 cannot encode.

    A symlink at the path is replaced, not followed. Raise OSError as `open` does, and remove the temporary file.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("x", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)

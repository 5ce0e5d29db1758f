"""One at a time: two starts of one engine, or two engines choosing addresses."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold `lock`, waiting for it; the system lets go of it when its holder dies, however it dies."""
    lock.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield

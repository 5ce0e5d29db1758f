"""Builds at the same time on one machine, and one that must be alone."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from checks.engine.ownership import runs_directory


@contextmanager
def building(*, alone: bool) -> Iterator[None]:
    """Build beside others of this user, or, `alone`, when they have all ended and before the next begins."""
    with (runs_directory() / "builds.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield

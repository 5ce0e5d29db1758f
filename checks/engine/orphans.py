"""Docker clients whose grader was killed: ended, or they might finish a build that nobody waits for."""

import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from checks.engine.ownership import OWNER_LABEL, RUN_LABEL, owner

PROC = Path("/proc")
GRACE_SECONDS = 5.0
_MARK = f"{RUN_LABEL}=".encode()


def end_orphans(is_alive: Callable[[str], bool]) -> None:
    """End every process that was started with the label of a run of this owner that is not alive.

    Another owner's locks cannot be seen from here, although it may be the same user with another home.
    Only Linux tells how a process was started; elsewhere a client goes when its build is cancelled.
    """
    if sys.platform != "linux":
        return
    for pid in _marked(is_alive):
        with suppress(ProcessLookupError, OSError):
            handle = os.pidfd_open(pid)
            try:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
                select.select([handle], [], [], GRACE_SECONDS)  # readable when it has ended
            finally:
                os.close(handle)


def _marked(is_alive: Callable[[str], bool]) -> Iterator[int]:
    """The ids of such processes."""
    mine = f"{OWNER_LABEL}={owner()}".encode()
    for directory in PROC.glob("[0-9]*"):
        try:
            if directory.stat().st_uid != os.getuid():
                continue
            words = (directory / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended meanwhile
        runs = [word.removeprefix(_MARK).decode(errors="replace") for word in words if word.startswith(_MARK)]
        if runs and mine in words and not any(map(is_alive, runs)):
            yield int(directory.name)

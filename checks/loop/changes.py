"""Changes of a lab's files, as a pipe that becomes readable when one of them was saved.

watchfiles looks at the whole folder, since an editor saves by putting a new file in the place of the old one.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from watchfiles import watch

from checks.lab import Lab

TOGETHER_MS = 200  # saves within this time are one
STEP_MS = 20  # without a change, before the changes so far are told
WAKE_MS = 100  # until the thread sees that it shall end


@contextmanager
def saves(submission: Path, lab: Lab) -> Iterator[int]:
    """Yield a descriptor from which one byte can be read for each time that files of the lab were saved."""
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    over = Event()
    folder = submission.resolve() / lab.id
    thread = Thread(target=_tell, args=(folder, frozenset(lab.edit), theirs, over), daemon=True)
    thread.start()
    try:
        yield ours
    finally:
        over.set()
        thread.join()
        os.close(ours)
        os.close(theirs)


def _tell(folder: Path, edit: frozenset[str], pipe: int, over: Event) -> None:
    changes = watch(
        folder,
        watch_filter=lambda _, path: Path(path).relative_to(folder).as_posix() in edit,
        debounce=TOGETHER_MS,
        step=STEP_MS,
        stop_event=over,
        rust_timeout=WAKE_MS,
        raise_interrupt=False,
        ignore_permission_denied=True,
    )
    for _ in changes:
        with suppress(BlockingIOError):  # thousands were told and not read
            os.write(pipe, b".")

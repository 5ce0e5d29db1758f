"""What BuildKit says of a failed build, in words that help."""

import pytest

from checks.engine.events import Events


@pytest.mark.parametrize(
    "said",
    [
        'ERROR: failed to solve: failed to compute cache key: "/a b.txt": not found',
        (
            "ERROR: failed to build: failed to solve: failed to compute cache key: "
            'failed to calculate checksum of ref 6be2-af9e::exc6: "/a b.txt": not found'
        ),
    ],
)
def test_a_copy_of_nothing_is_told_without_ids(said: str) -> None:
    events = Events()
    for line in ("Dockerfile:17", said):
        events.feed(line.encode())
    failed = events.failure()
    assert (failed.message, failed.line) == ('"/a b.txt" is not there to be copied', 17)


def test_other_failures_stay_as_they_are() -> None:
    events = Events()
    events.feed(b'ERROR: failed to solve: process "/bin/sh -c false" did not complete: exit code: 1')
    assert events.failure().message.startswith("process ")

"""BuildKit's events of a failed build become helpful messages."""

import base64
import json

import pytest

from checks.engine.events import BuildFailed, Events, NotStarted
from checks.engine.refusals import is_the_engines


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
    failure = events.failure()
    assert (failure.message, failure.line) == ('"/a b.txt" is not there to be copied', 17)


def test_other_failures_stay_as_they_are() -> None:
    events = Events()
    events.feed(b'ERROR: failed to solve: process "/bin/sh -c false" did not complete: exit code: 1')
    assert events.failure().message.startswith("process ")


TROUBLE = """
failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF
Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
failed to solve: write /data/overlay2/x/merged/f: no space left on device
failed to solve: failed to prepare sha256:2 as x: device or resource busy
failed to solve: failed to prepare x: failed to create temp dir: mkdir /data/x: read-only file system in layer x
failed to solve: failed to get layer sha256:2: layer does not exist
failed to solve: process "/bin/sh -c id" did not complete: failed to create endpoint x on network bridge
failed to solve: error creating overlay mount to /data/overlay2/x/merged: too many open files
failed to build: failed to solve: Canceled: context canceled
failed to build: failed to receive status: Unavailable: error reading from server: EOF
failed to solve: Internal: stream terminated by RST_STREAM with error code: INTERNAL_ERROR
failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct
failed to receive status: http2: client connection lost
failed to solve: failed to load cache: not found
failed to solve: failed to get deleted record 6be2: not found
failed to solve: failed to compute cache key: blob not found
failed to solve: failed to export image: content digest sha256:6be2: not found
failed to solve: failed to prepare x as y: parent snapshot sha256:6be2 does not exist: not found
failed to solve: mount callback failed on /tmp/x: write /tmp/x/f: no space left on device: unknown
"""
THE_STUDENTS = """
failed to solve: blob: failed to resolve source metadata for docker.io/library/blob:latest: not found
failed to solve: failed to compute cache key: failed to calculate checksum of ref x: "/content digest": not found
failed to solve: process "/bin/sh -c Internal: x" did not complete successfully: exit code: 1
failed to solve: process "/bin/sh -c echo no space left on device" did not complete successfully: exit code: 1
failed to solve: process "/bin/sh -c \\"; x: no space left on device" did not complete successfully: exit code: 1
failed to compute cache key: failed to calculate checksum of ref x: "/no space left on device": not found
failed to solve: unexpected EOF
failed to solve: process "id" did not complete successfully: unable to find x: no matching entries in passwd file
"""


def failed(said: str, output: str = "") -> BuildFailed:
    events = Events()
    vertex = {"digest": "x", "name": "[2/2] RUN id", "error": "it failed"}
    log = {"vertex": "x", "data": base64.b64encode(output.encode()).decode()}
    events.feed(json.dumps({"vertexes": [vertex], "logs": [log]}).encode())
    events.feed(f"ERROR: {said}".encode())
    return events.failure()


@pytest.mark.parametrize("said", TROUBLE.strip().splitlines())
def test_an_engine_that_fails_is_known_by_its_own_words(said: str) -> None:
    assert is_the_engines(failed(said).message)


@pytest.mark.parametrize("said", THE_STUDENTS.strip().splitlines())
def test_a_dockerfile_that_fails_is_no_trouble_of_the_engine(said: str) -> None:
    assert not is_the_engines(failed(said).message)


EXIT = 'failed to solve: process "/bin/sh -c id" did not complete successfully: exit code: 1'
RUNC = "runc run failed: unable to start container process: "


@pytest.mark.parametrize(
    ("output", "is_in_doubt"),
    [
        ("id: no space left on device", False),
        (f"{RUNC}unable to apply cgroup configuration: device or resource busy", True),
        (f"{RUNC}error during container init: cannot allocate memory", True),
        (f'{RUNC}exec: "/bin/sh": stat /bin/sh: no such file or directory', False),
        (f"hello\n{RUNC}unable to apply cgroup configuration: device or resource busy", False),
    ],
)
def test_a_step_that_could_not_be_started(output: str, *, is_in_doubt: bool) -> None:
    assert isinstance(failed(EXIT, output), NotStarted) == is_in_doubt

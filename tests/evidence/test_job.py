"""Jobs on a real engine: how they end, what they print, and who owns what they have written."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest

from checks.engine import Engine
from checks.engine.docker_run import run_container
from checks.engine.reaper import remove
from checks.engine.run import Run, running
from checks.engine.standins import ensure_base
from checks.evidence.service.job import Job, owner_of


class Start(Protocol):
    """Starts a job that is a line of shell."""

    def __call__(self, script: str, seconds: float = 20) -> Job: ...


@pytest.fixture(scope="module")
def start(engine: Engine) -> Iterator[Start]:
    image = ensure_base(engine, "debian:bookworm").image_id
    with running(Run()) as run, ExitStack() as started:

        def start(script: str, seconds: float = 20) -> Job:
            made = run_container(engine, run, image, command=["sh", "-c", script])
            return Job(started.enter_context(made), seconds, "by hand")

        yield start
        started.close()
        remove(engine, run)


def test_the_exit_code_of_a_job_that_ends(start: Start) -> None:
    assert [start("exit 0").exit_code(), start("exit 3").exit_code()] == [0, 3]


def test_a_job_that_does_not_end_has_none(start: Start) -> None:
    assert start("sleep 60", seconds=0).exit_code() is None


@pytest.mark.parametrize(
    ("script", "content"),
    [
        ("""echo '{"a": 1}'""", {"a": 1}),
        ("""echo '{"a": 1}'; echo '{"a": 2}'; echo done""", {"a": 2}),
        ("""echo '[1]'; echo 3; echo text""", {}),
        ("true", {}),
    ],
)
def test_the_last_object_that_it_printed(start: Start, script: str, content: dict[str, int]) -> None:
    job = start(script)
    job.exit_code()
    assert job.printed() == content


def test_the_owner_of_a_file(start: Start) -> None:
    job = start("mkdir /m && touch /m/a /m/b && chown 1234 /m/a && ln -s /m/a /m/c")
    job.exit_code()
    owners = [owner_of(job.running, f"/m/{name}") for name in "abcd"]
    assert owners == [1234, 0, 0, None]

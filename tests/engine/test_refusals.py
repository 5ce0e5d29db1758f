"""A container that does not start: a real engine's errors are attributed to the image or to the engine."""

import io
import socket
import tarfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from checks.engine import Engine, EngineError
from checks.engine.build import build
from checks.engine.docker_run import StartFailed, run_container
from checks.engine.events import BuildFailed, NotStarted
from checks.engine.ports import RANGE, free_port
from checks.engine.refusals import is_the_students
from checks.engine.run import Run

Make = Callable[[Sequence[str]], str]

SLEEP = 'CMD ["sleep", "9"]'
IMAGES = {
    "no such program": ['ENTRYPOINT ["/no/such"]'],
    "no such program in the path": ['ENTRYPOINT ["nosuch"]'],
    "an empty path": ["ENV PATH=/nowhere", SLEEP],
    "not executable": ['ENTRYPOINT ["/etc/passwd"]'],
    "a folder": ['ENTRYPOINT ["/etc"]'],
    "no name at all": ['ENTRYPOINT [""]'],
    "through a file": ['ENTRYPOINT ["/etc/passwd/x"]'],
    "links in a circle": ["RUN ln -s /f /g; ln -s /g /f", 'ENTRYPOINT ["/f"]'],
    "a name too long": [f'ENTRYPOINT ["/{"a" * 300}"]'],
    "no such user": ["USER nosuch", SLEEP],
    "no such group": ["USER root:nosuch", SLEEP],
    "a user beyond all numbers": ["USER 99999999999", SLEEP],
    "no list of users": ["RUN rm /etc/passwd", "USER app", SLEEP],
    "a working directory that is a file": ["WORKDIR /w", "RUN cd /; rmdir /w; touch /w", SLEEP],
    "a working directory in a circle": [
        "WORKDIR /w",
        "RUN cd /; rmdir /w; ln -s /w /v; ln -s /v /w",
        SLEEP,
    ],
    "a volume over a file": ["RUN touch /v", "VOLUME /v", SLEEP],
    "a volume over everything": ["VOLUME /", SLEEP],
    "a volume over /proc": ["VOLUME /proc", SLEEP],
    "a volume in /proc": ["VOLUME /proc/self", SLEEP],
}
SCRATCH = {
    "no command": ["COPY --from=base /etc/passwd /x"],
    "a folder where the engine mounts a file": [
        "COPY --from=base /etc/apt /etc/resolv.conf",
        SLEEP,
    ],
}


@pytest.fixture
def make(engine: Engine, run: Run, tmp_path: Path) -> Make:
    """Build a Dockerfile."""

    def made(lines: Sequence[str]) -> str:
        (tmp_path / "Dockerfile").write_text("\n".join(lines))
        return build(engine, run, tmp_path)

    return made


@pytest.mark.parametrize("lines", IMAGES.values(), ids=IMAGES.keys())
def test_the_image_is_refused(engine: Engine, run: Run, debian: str, make: Make, lines: list[str]) -> None:
    image = make([f"FROM {debian}", *lines])
    with pytest.raises(StartFailed), run_container(engine, run, image, port=8000):
        pass


@pytest.mark.parametrize("lines", SCRATCH.values(), ids=SCRATCH.keys())
def test_an_image_of_scratch_is_refused(
    engine: Engine, run: Run, debian: str, make: Make, lines: list[str]
) -> None:
    image = make([f"FROM {debian} AS base", "FROM scratch", *lines])
    with pytest.raises(StartFailed), run_container(engine, run, image, port=8000):
        pass


STEPS = {
    "no shell": ["FROM scratch", "RUN id"],
    "no such shell": ['SHELL ["/no/such"]', "RUN id"],
    "no such program": ['RUN ["/no/such"]'],
    "not executable": ['RUN ["/etc/passwd"]'],
    "no program": ["RUN echo > /x; chmod +x /x", 'RUN ["/x"]'],
    "nothing is left": ["RUN rm -rf /bin /usr", "RUN id"],
    "no such user": ["USER nosuch", "RUN id"],
    "a working directory that is a file": ["WORKDIR /w", "RUN cd /; rmdir /w; touch /w", "RUN id"],
    "a mount over a file": ["RUN --mount=type=cache,target=/etc/passwd id"],
    "a mount below a file": ["RUN --mount=type=tmpfs,target=/etc/passwd/x id"],
    "a mount in a circle": ["RUN ln -s /a /b; ln -s /b /a", "RUN --mount=type=tmpfs,target=/a id"],
    "a mount over /proc": ["RUN --mount=type=tmpfs,target=/proc id"],
    "a link at /proc": ["RUN mkdir /r; ln -s /x /r/proc", "FROM scratch", "COPY --from=0 /r /", "RUN id"],
    "a folder where the engine mounts a file": [
        "FROM scratch",
        "COPY --from=0 /etc/apt /etc/resolv.conf",
        "RUN id",
    ],
    "a variable too large": [f"ARG A={'a' * 60_000}", "ARG B=$A$A$A", "RUN id"],
    "a copy below a file": ["COPY Dockerfile /etc/passwd/x"],
    "an archive that is cut": ["ADD cut.tar.gz /x/"],
    "a forged refusal": ["RUN echo 'runc run failed: x: no space left on device'; false"],
}


@pytest.mark.parametrize("lines", STEPS.values(), ids=STEPS.keys())
def test_the_step_is_refused(debian: str, make: Make, tmp_path: Path, lines: list[str]) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as packed:
        packed.add(__file__)
    (tmp_path / "cut.tar.gz").write_bytes(archive.getvalue()[:500])
    with pytest.raises(BuildFailed) as failed:
        make([f"FROM {debian}", *lines])
    assert isinstance(failed.value, NotStarted) == any("runc run failed" in line for line in lines)


@pytest.fixture
def taken() -> Iterator[Callable[[], int]]:
    """Gives a port that somebody else has."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield lambda: int(listener.getsockname()[1])


def test_a_port_that_somebody_else_has(
    engine: Engine, run: Run, debian: str, taken: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = iter([taken(), taken(), free_port()])
    monkeypatch.setattr("checks.engine.docker_run.free_port", lambda: next(ports))
    with run_container(engine, run, debian, command=["sleep", "9"], port=8000) as running:
        assert running.published(8000) in RANGE


def test_no_port_at_all(
    engine: Engine, run: Run, debian: str, taken: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checks.engine.docker_run.free_port", taken)
    with (
        pytest.raises(EngineError, match="address already in use"),
        run_container(engine, run, debian, command=["sleep", "9"], port=8000),
    ):
        pass
    assert (
        engine.client.containers.list(all=True, filters={"label": f"graded-docker-lab.run={run.name}"}) == []
    )


def test_an_image_that_is_gone(engine: Engine, run: Run) -> None:
    with pytest.raises(EngineError, match="No such image"), run_container(engine, run, f"{run.name}:gone"):
        pass


TROUBLE = """
driver failed programming external connectivity: listen tcp4 127.0.0.1:1: bind: address already in use
Bind for 127.0.0.1:8000 failed: port is already allocated
could not find an available, non-overlapping IPv4 address pool among the defaults
no available IPv4 addresses on this network's address pools: x (y)
runc create failed: unable to start container process: unable to apply cgroup configuration: device or resource busy
failed to create task for container: context deadline exceeded
failed to create shim task: OCI runtime create failed: unexpected EOF
error during container init: error mounting "proc" to rootfs at "/proc": mount proc:/proc: device or resource busy
mkdir /data/overlay2/x-init: no space left on device
mkdir /data/overlay2/x-init: no such file or directory
Conflict. The container name "/x" is already in use by container "y"
unable to start container process: exec: "no command specified": cannot allocate memory
"""


@pytest.mark.parametrize("message", TROUBLE.strip().splitlines())
def test_what_is_never_a_students_fault(message: str) -> None:
    """As engines said it that were full, busy or old; most of it is hard to bring about."""
    assert not is_the_students(message)

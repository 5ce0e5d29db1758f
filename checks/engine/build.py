"""Building an image with BuildKit, under limits, and telling whose fault it is when that fails."""

import secrets
import selectors
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from checks.engine.cgroups import build_cgroup
from checks.engine.engine import Engine, EngineError
from checks.engine.events import Events
from checks.engine.limits import MIB, BuildLimits, LimitHit
from checks.engine.ownership import Run

GRACE_SECONDS = 10


def build(  # noqa: PLR0913 - one build has this many sides
    engine: Engine,
    run: Run,
    context: Path,
    *,
    dockerfile: str = "Dockerfile",
    build_args: Mapping[str, str] | None = None,
    limits: BuildLimits = BuildLimits(),  # noqa: B008 - frozen
    progress: Callable[[str], None] = lambda _step: None,
) -> str:
    """Build `context` and return the image's id.

    Raises `BuildFailed` and `LimitHit` for what the student's build did, `EngineError` for what is not its
    doing. Base images must be there already: the time here is the student's own.
    """
    with tempfile.TemporaryDirectory() as directory, build_cgroup(engine, limits) as cgroup:
        iid = Path(directory) / "iid"
        command = _command(run, context, dockerfile, build_args or {}, iid)
        if cgroup is not None:
            command += ["--cgroup-parent", f"/{cgroup.name}"]
        with _started(engine, command) as process:
            events = _watch(process, limits, progress)
        if process.returncode == 0:
            return iid.read_text().strip()
        hit = cgroup.hit() if cgroup else None
    if hit:
        raise LimitHit(_sentence(hit, limits))
    _blame(engine, command, events)
    raise events.failure()


def _command(run: Run, context: Path, dockerfile: str, build_args: Mapping[str, str], iid: Path) -> list[str]:
    labels = [part for key, value in run.labels.items() for part in ("--label", f"{key}={value}")]
    arguments = [part for key, value in build_args.items() for part in ("--build-arg", f"{key}={value}")]
    plain = ["--progress=rawjson", "--provenance=false", "--sbom=false", "--load", "--builder=default"]
    where = ["--file", str(context / dockerfile), "--iidfile", str(iid), str(context)]
    tag = ["--tag", f"{run.name}:{secrets.token_hex(4)}"]
    return ["buildx", "build", *plain, *labels, *tag, *arguments, *where]


@contextmanager
def _started(engine: Engine, arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """The Docker CLI at work; BuildKit stops a build when its client goes, so the client goes with us."""
    leash = [path, "--pdeathsig", "TERM"] if (path := shutil.which("setpriv")) else []
    process = subprocess.Popen(
        [*leash, str(engine.cli), *arguments],
        env=dict(engine.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stderr is not None
        process.stderr.close()


def _watch(process: subprocess.Popen[bytes], limits: BuildLimits, progress: Callable[[str], None]) -> Events:
    """Read events until the build ends or runs into its limit of time or output."""
    events, deadline = Events(), time.monotonic() + limits.seconds
    for line in _lines(process, deadline):
        if line is None:
            raise LimitHit(_sentence("time", limits))
        if (name := events.feed(line)) is not None:
            progress(name)
        if events.size > limits.output_mib * MIB:
            raise LimitHit(_sentence("output", limits))
    process.wait()
    return events


def _lines(process: subprocess.Popen[bytes], deadline: float) -> Iterator[bytes | None]:
    """Lines as they come; None when the deadline passes."""
    assert process.stderr is not None
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stderr, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                yield None
                return
            chunk = process.stderr.read1(65536)  # type: ignore[attr-defined]  # a BufferedReader
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (line for line in lines if line)
            if not chunk:
                if rest:
                    yield rest
                return


def _sentence(hit: str, limits: BuildLimits) -> str:
    """What a person reads about a limit."""
    return {
        "time": f"the build was stopped after {limits.seconds} s (its limit of time)",
        "memory": f"the build was killed at {limits.memory_mib} MiB (its limit of memory)",
        "processes": f"the build was refused more than {limits.processes} processes (its limit of processes)",
        "output": f"the build was stopped after {limits.output_mib} MiB of output (its limit of output)",
    }[hit]


def _blame(engine: Engine, command: list[str], events: Events) -> None:
    """A build that failed because the engine went away is not the student's."""
    try:
        engine.client.ping()
    except Exception as gone:
        raise EngineError(["docker", *command], 1, "\n".join(events.plain)) from gone

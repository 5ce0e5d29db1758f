"""Build an image with BuildKit under limits, and tell whose fault a failed build is."""

import csv
import fcntl
import io
import secrets
import subprocess
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from checks.engine import package_cache
from checks.engine.cgroup import Cgroup
from checks.engine.commands import GRACE_SECONDS, OutOfTime, lines, started
from checks.engine.disk import DiskWatch, disk_watch
from checks.engine.embedded.layout import layout
from checks.engine.engine import Engine
from checks.engine.errors import EngineError
from checks.engine.events import Events, NotStarted
from checks.engine.limits import MIB, BuildLimits, LimitHit, TimeLimitHit
from checks.engine.refusals import is_the_engines
from checks.engine.retry import Patience, again
from checks.engine.run import Run, runs_directory
from checks.engine.slots import Slot, build_cgroup
from checks.engine.source_policy import write_policy
from checks.engine.written import BuildWritten

# Layers go into the image store as they are: containerd's would pack each with gzip first (docs/decisions/0012).
# The older store never packs, and overlooks the word.
INTO_THE_STORE: Final = "--output=type=docker,compression=uncompressed"


@contextmanager
def building(*, alone: bool) -> Iterator[None]:
    """Hold the build lock of this user: shared with other builds, or exclusively if `alone`."""
    with (runs_directory() / "builds.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


@again(EngineError, NotStarted)
def build(  # noqa: PLR0913 - the options of one build
    engine: Engine,
    run: Run,
    context: Path,
    *,
    dockerfile: str = "Dockerfile",
    build_args: Mapping[str, str] | None = None,
    build_secrets: Mapping[str, Path] | None = None,
    images: Collection[str] | None = None,
    urls: Collection[str] = (),
    fresh: bool = False,
    alone: bool = False,
    limits: BuildLimits = BuildLimits(),  # noqa: B008 - frozen
    progress: Callable[[str], None] = lambda _step: None,
) -> str:
    """Build `context` and return the image's name, a random tag.

    (`--iidfile` does not help: BuildKit writes the digest of the image config there, while containerd's store knows
    an image by the digest of its manifest.)

    `build_secrets`: files by the id of `RUN --mount=type=secret`. `images`: the images that FROM and COPY may name,
    None for any. `urls`: the prefixes of the URLs that ADD may fetch. `fresh`: without cache. `alone`: while no
    other grading of this user builds.

    Raises `BuildFailed` and `LimitHit` for faults of the student's build, `EngineError` for all others. Base images
    must be local already, so that the time limit measures only the student's build.
    """
    tag = f"{run.name}:{secrets.token_hex(4)}"
    slot = run.slot(engine.directory) if engine.directory else None
    with run.scratch() as directory, build_cgroup(engine, limits, slot) as cgroup:
        arguments = {**(build_args or {}), **package_cache.build_arguments(engine)}
        command = _command(run, context, dockerfile, arguments, tag)
        command += _secrets(build_secrets or {})
        command += ["--no-cache"] if fresh else []
        if cgroup is not None:
            command += ["--cgroup-parent", f"/{cgroup.name}"]
        policy = write_policy(Path(directory) / "policy", images, urls)
        with (
            building(alone=alone),
            started([engine.cli, *command], {**engine.environment, **policy}) as process,
            _disk(slot, cgroup, limits, process) as disk,
        ):
            events = _watch(process, limits, progress)
        if disk is not None and disk.hit:
            raise LimitHit(limits.sentence("disk"))
        if process.returncode == 0:
            return tag
        hit = cgroup.hit() if cgroup else None
    failed = events.failure()
    lost = EngineError(["docker", *command], process.returncode, failed.message)
    _require_engine(engine, lost)
    if hit:
        raise LimitHit(limits.sentence(hit))
    raise lost if is_the_engines(failed.message) else failed


@contextmanager
def _disk(
    slot: Slot | None, cgroup: Cgroup | None, limits: BuildLimits, process: subprocess.Popen[bytes]
) -> Iterator[DiskWatch | None]:
    """Watch the disk; end the client, and so the build, at the limit of disk. Yield None on a host's engine."""
    if cgroup is None or slot is None:
        yield None
        return
    written = BuildWritten(slot.directory, cgroup.processes, slot.alone_since)
    with disk_watch([layout(slot.directory).data], limits.disk_mib, written, process.terminate) as watch:
        yield watch


def _command(run: Run, context: Path, dockerfile: str, build_args: Mapping[str, str], tag: str) -> list[str]:
    labels = [part for key, value in run.labels.items() for part in ("--label", f"{key}={value}")]
    arguments = [part for key, value in build_args.items() for part in ("--build-arg", f"{key}={value}")]
    plain = ["--progress=rawjson", "--provenance=false", "--sbom=false", INTO_THE_STORE, "--builder=default"]
    where = ["--tag", tag, "--file", str(context / dockerfile), str(context)]
    return ["buildx", "build", *plain, *labels, *arguments, *where]


def _secrets(build_secrets: Mapping[str, Path]) -> list[str]:
    return [part for name, path in build_secrets.items() for part in ("--secret", _fields(name, path))]


def _fields(name: str, path: Path) -> str:
    """Return a line of CSV for buildx, quoted, since an id from a Dockerfile may hold `,src=/etc/shadow`."""
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="").writerow([f"id={name}", f"src={path}"])
    return line.getvalue()


def _watch(process: subprocess.Popen[bytes], limits: BuildLimits, progress: Callable[[str], None]) -> Events:
    """Read events until the build ends or hits its limit of time or output."""
    events, patience = Events(), Patience(limits.seconds)
    try:
        for line in lines(process, patience):
            if (name := events.feed(line)) is not None:
                progress(name)
            if events.size > limits.output_mib * MIB:
                raise LimitHit(limits.sentence("output"))
        process.wait(max(GRACE_SECONDS, patience.left))
    except (OutOfTime, subprocess.TimeoutExpired):
        raise TimeLimitHit(limits.sentence("time")) from None
    return events


def _require_engine(engine: Engine, lost: EngineError) -> None:
    """Raise `lost` if the build failed because the engine, or its client, died."""
    if lost.exit_code < 0:
        raise lost
    try:
        engine.client.ping()
    except Exception as error:  # any error means a dead engine, which is not the student's fault
        raise lost from error

"""Ask other tools about one Dockerfile: hadolint, Trivy, and the check of Docker's own builder.

A tool that is not there, or that fails, is no fault of the student's: one sentence says which command brings it.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from checks.engine.commands import attempt
from checks.engine.errors import BaseUnavailable, EngineError, NoEngine
from checks.parsing.dockerfile.build_inputs import external_images
from checks.parsing.scans.opinion import Opinion, of_docker, of_hadolint, of_trivy
from checks.parsing.scans.trivy_report import parse_trivy_report
from checks.parsing.text.problems import ParseError
from checks.workbench import external_tools
from checks.workbench.context import Workbench
from checks.workbench.images import readable_dockerfile

SECONDS = 120.0  # for one tool
NOT_HERE = "{tool} is not here: `make tools` brings it, where it has a wheel for this machine."
NO_CHECK = (
    "`docker build --check` is not asked: it needs Docker 27 or newer with buildx 0.15 (`make doctor` looks at "
    "them; `make engine` brings both on Debian)."
)
ON_TRIVY = (
    *("fs", "--scanners", "misconfig", "--quiet", "--offline-scan", "--skip-check-update"),
    *("--skip-version-check", "--disable-telemetry", "--format", "json"),
)
TOO_OLD = ("unknown flag", "frontend.lint")  # words of buildx before 0.15, and of it about an older BuildKit


class NoOpinion(Exception):  # noqa: N818 - nothing is broken, and nothing of it counts
    """A tool has no opinion; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the tools said of one Dockerfile, by line, and a sentence for each that said nothing."""

    opinions: tuple[Opinion, ...]
    silent: tuple[str, ...]


def ask(bench: Workbench, name: str, file: Path) -> Asked:
    """Ask all tools about `file`, which is the lab's Dockerfile `name`."""
    said, silent = list[Opinion](), list[str]()
    for tool in (partial(docker, bench, name, file), partial(hadolint, file), partial(trivy, file)):
        try:
            said += tool()
        except NoOpinion as why:
            silent.append(str(why))
    return Asked(tuple(sorted(said, key=lambda each: (each.line or 0, each.tool, each.rule))), tuple(silent))


def hadolint(file: Path) -> Sequence[Opinion]:
    """Ask hadolint; raise `NoOpinion`."""
    return _read(of_hadolint, _output(_program("hadolint"), "--no-fail", "--format", "json", str(file)))


def trivy(file: Path) -> Sequence[Opinion]:
    """Ask Trivy about misconfigurations, by the rules that it brings with it; raise `NoOpinion`."""
    program = _program("trivy")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "Dockerfile")  # the name by which Trivy knows it
        copy.write_bytes(file.read_bytes())
        written = _output(program, *ON_TRIVY, "--cache-dir", f"{folder}/cache", str(copy))
    return _read(lambda text: of_trivy(parse_trivy_report(text.encode(), "Trivy's report")), written)


def docker(bench: Workbench, name: str, file: Path) -> Sequence[Opinion]:
    """Ask the engine's own builder, which builds nothing for that; raise `NoOpinion`."""
    context = bench.lab.folder / bench.lab.images[name].context
    try:
        with readable_dockerfile(bench, file) as (readable, parsed):
            bench.fetch(external_images(parsed))
            words = ("build", "--call=check,format=json", "--file", str(readable), str(context))
            done = attempt(
                [bench.engine.cli, *words], environment=bench.engine.environment, time_limit_s=SECONDS
            )
    except (NoEngine, EngineError, BaseUnavailable) as missing:
        raise NoOpinion(f"`docker build --check` is not asked: {missing}") from None
    if not done.stdout.strip():
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        is_old = any(words in done.stderr for words in TOO_OLD)
        raise NoOpinion(NO_CHECK if is_old else f"`docker build --check` cannot be asked here: {last}")
    return _read(of_docker, done.stdout)


def _program(name: str) -> str:
    """Return the program of our environment, or the person's own; raise `NoOpinion`."""
    ours = external_tools.TOOLS / name
    if found := str(ours) if ours.is_file() else shutil.which(name):
        return found
    raise NoOpinion(NOT_HERE.format(tool=name))


def _output(*command: str) -> str:
    try:
        done = attempt(command, time_limit_s=SECONDS)
    except EngineError as failed:
        raise NoOpinion(f"{Path(command[0]).name} cannot be asked here: {failed}") from None
    return done.stdout


def _read(reader: Callable[[str], Iterator[Opinion]], written: str) -> Sequence[Opinion]:
    try:
        return tuple(reader(written))
    except ParseError as broken:
        raise NoOpinion(f"what a tool said was not understood: {broken.message}") from None

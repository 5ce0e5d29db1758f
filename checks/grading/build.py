"""Build an image from a student's Dockerfile, or turn the failure into a message with file and line."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from checks.engine.build import build
from checks.engine.connectivity import is_broken, is_offline, sounds_full, sounds_offline, sounds_shaky
from checks.engine.events import BuildFailed, NotStarted
from checks.engine.limits import LimitHit, TimeLimitHit
from checks.engine.retry import again
from checks.engine.source_policy import DENIED
from checks.evidence.image.built import Built
from checks.expect.basics import in_file
from checks.grading.absent_sources import refuse_absent_sources
from checks.grading.build_policy import (
    accepted_arguments,
    images_fetched,
    refuse_remote_sources,
    separating_arguments,
    settle_frontend,
)
from checks.outcomes import MEND, CheckFailed, NotRun
from checks.parsing.dockerfile.dockerfile import Dockerfile, parse_dockerfile
from checks.sanitize import fenced, sanitize_line

if TYPE_CHECKING:
    from checks.engine.engine import Engine
    from checks.grading.engines import Engines, Step
    from checks.grading.submission import LabSubmission

OFFLINE = "the build failed while packages could not be fetched from this machine; grade again later"
BROKEN = "the build failed while this engine could build nothing (is its disk full?); grade again later"
EXPECTED = "`docker build` makes an image"
KILLED = "exit code: 137"  # by its own command, or by a machine that has no memory left


@dataclass(frozen=True)
class BuildContext:
    """The things that all builds of one lab share: its Dockerfiles, an engine with bases, and a display."""

    submission: "LabSubmission"
    engines: "Engines"
    step: "Step"


class _InDoubt(CheckFailed):
    """A build failed during a fetch, or was killed; network or machine may be the cause, so it is tried again."""


@again(_InDoubt, attempts=2)
def build_image(  # noqa: PLR0913 - one build has this many sides
    context: "BuildContext",
    name: str,
    root: Path,
    build_args: Mapping[str, str] = MappingProxyType({}),
    *,
    fresh: bool = False,
    alone: bool = False,
) -> Built:
    """Build one of the lab's Dockerfiles in `root`; raise `CheckFailed` for a mistake that the student can mend."""
    file, asked = context.submission.path_of(name), context.submission.lab.images[name]
    given = accepted_arguments(
        context.submission,
        context.submission.dockerfile(name),
        {**context.submission.arguments, **build_args},
    )
    dockerfile = _read(context, name, given)
    refuse_remote_sources(context.submission, dockerfile, file)
    images = images_fetched(context.submission, dockerfile, file)
    own = separating_arguments(context.submission, dockerfile)
    engine, run = context.engines.ready()
    frontend = settle_frontend(root / name, file, built_in=engine.kind == "embedded")
    for image in images:
        context.engines.base(image)
    try:
        with context.step(f"builds {file}") as say:
            reference = build(
                engine,
                run,
                root / asked.context,
                dockerfile=posixpath.relpath(name, asked.context),
                build_args={**given, **own},
                images=(*images, *frontend),
                urls=context.submission.lab.fetches,
                fresh=fresh,
                alone=alone,
                build_secrets=context.submission.canary_files.build_secrets(dockerfile, root),
                progress=say,
            )
    except LimitHit as hit:
        if isinstance(hit, TimeLimitHit):
            _excuse(context, name, str(hit))
        raise CheckFailed(
            EXPECTED, str(hit), "Install less, or nothing that never ends.", file=file
        ) from None
    except BuildFailed as failed:
        if DENIED in failed.message:
            raise CheckFailed(
                EXPECTED, failed.message, "The grader fetches nothing but base images.", file=file
            ) from None
        if sounds_offline(failed.output):
            _excuse(context, name, failed.message)
        if isinstance(failed, NotStarted) or sounds_full(failed.output):
            _excuse_engine(context, name, failed.message)
        is_doubtful = sounds_shaky(failed.output) or failed.message.endswith(KILLED)
        verdict = _InDoubt if is_doubtful else CheckFailed
        raise verdict(EXPECTED, _story(failed), _advice(context, name), file=file, line=failed.line) from None
    return Built.of(engine, reference, _base_layers(context, name, engine))


def _read(context: "BuildContext", name: str, build_args: Mapping[str, str]) -> "Dockerfile":
    """Return the Dockerfile parsed with these arguments; raise `CheckFailed` at the first thing Docker refuses."""
    dockerfile = context.submission.dockerfile(name)
    if build_args:
        with context.submission.reading(name):
            dockerfile = parse_dockerfile(
                context.submission.handed_in(name), path=name, build_args=build_args
            )
    engine, _ = context.engines.ready()
    file = context.submission.path_of(name)
    refuse_problems(dockerfile, file, engine.major)
    refuse_absent_sources(dockerfile, context.submission.context(name), EXPECTED, file)
    return dockerfile


def refuse_unbuildable(context: "BuildContext", only: str = "") -> None:
    """Raise `CheckFailed` for what the engine (without one, the newest engine) refuses before a build.

    `only` is one of the lab's Dockerfiles; all are judged if it is left out.
    """
    version = context.engines.major()
    for name in [only] if only else context.submission.lab.images:
        dockerfile, file = context.submission.dockerfile(name), context.submission.path_of(name)
        with in_file(file):
            dockerfile.final  # noqa: B018 - it raises if there is no stage, so that all checks say the same
        refuse_problems(dockerfile, file, version)
        refuse_absent_sources(dockerfile, context.submission.context(name), EXPECTED, file)


def refuse_problems(dockerfile: Dockerfile, file: str, version: int | None = None) -> None:
    """Raise `CheckFailed` for the first thing that an engine of this major version refuses; None is the newest."""
    for problem in dockerfile.problems:
        if version is None or problem.since <= version:
            raise CheckFailed(EXPECTED, sanitize_line(problem.message), MEND, file=file, line=problem.line)


def _excuse(context: "BuildContext", name: str, message: str) -> None:
    """Raise `NotRun` if the build failed because the network is away, which is not the student's mistake."""
    engine, run = context.engines.ready()
    base = context.engines.base(context.submission.lab.images[name].base).name
    with context.step("asks whether the network is there"):
        if is_offline(engine, run, base):
            raise NotRun(f"{OFFLINE}: {message}") from None


def _excuse_engine(context: "BuildContext", name: str, message: str) -> None:
    """Raise `NotRun` if the build failed because the engine cannot build anything."""
    engine, run = context.engines.ready()
    base = context.engines.base(context.submission.lab.images[name].base).name
    with context.step("asks whether the engine builds anything"):
        if is_broken(engine, run, base):
            raise NotRun(f"{BROKEN}: {message}") from None


def _base_layers(context: "BuildContext", name: str, engine: "Engine") -> tuple[str, ...]:
    """Return the layers of the base that the lab asks for; all other layers of an image are the student's."""
    base = context.engines.base(context.submission.lab.images[name].base)
    return Built.of(engine, base.image_id, ()).layers


def _story(failed: BuildFailed) -> str:
    where = f"{failed.step}\n" if failed.step else ""
    said = f"\nIts output:\n{fenced(failed.output)}" if failed.output else ""
    return f"{where}{failed.message}{said}"


def _advice(context: "BuildContext", name: str) -> str:
    target, file = context.submission.lab.target, context.submission.path_of(name)
    return f"Build it yourself (`make build{target}`) and read the last lines on {file}."

"""From a student's Dockerfile to an image, and from what went wrong there to a message with file and line."""

from collections.abc import Mapping
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
from checks.grading.build_policy import (
    accepted_arguments,
    allowed_urls,
    images_fetched,
    refuse_remote_sources,
    separating_arguments,
    settle_frontend,
)
from checks.outcomes import MEND, CheckFailed, NotRun, in_file
from checks.parsing.dockerfile.dockerfile import Dockerfile, parse_dockerfile
from checks.sanitize import fenced, sanitize_line

if TYPE_CHECKING:
    from checks.engine.engine import Engine
    from checks.grading.evidence import LabEvidence

OFFLINE = "the build failed while packages could not be fetched from this machine; grade again later"
BROKEN = "the build failed while this engine could build nothing (is its disk full?); grade again later"
EXPECTED = "`docker build` makes an image"


class _InDoubt(CheckFailed):
    """A build that failed while it fetched something: the network may have stumbled, and another one succeed."""


@again(_InDoubt, attempts=2)
def build_image(  # noqa: PLR0913 - one build has this many sides
    evidence: "LabEvidence",
    name: str,
    root: Path,
    build_args: Mapping[str, str] = MappingProxyType({}),
    *,
    fresh: bool = False,
    alone: bool = False,
) -> Built:
    """Build one of the lab's Dockerfiles in `root`; raises `CheckFailed` for what the student can mend."""
    file = evidence.path_of(name)
    given = accepted_arguments(evidence, evidence.dockerfile(name), build_args)
    dockerfile = _read(evidence, name, given)
    refuse_remote_sources(evidence, dockerfile, file)
    images = images_fetched(evidence, dockerfile, file)
    own = separating_arguments(evidence, dockerfile)
    engine, run = evidence.engines.ready()
    frontend = settle_frontend(root / name, file, built_in=engine.kind == "embedded")
    for image in images:
        evidence.engines.base(image)
    try:
        with evidence.step(f"builds {file}") as say:
            reference = build(
                engine,
                run,
                root,
                dockerfile=name,
                build_args={**given, **own},
                images=(*images, *frontend),
                urls=allowed_urls(evidence.lab),
                fresh=fresh,
                alone=alone,
                build_secrets=evidence.canary_files.build_secrets(dockerfile, root),
                progress=say,
            )
    except LimitHit as hit:
        if isinstance(hit, TimeLimitHit):
            _excuse(evidence, name, str(hit))
        raise CheckFailed(
            EXPECTED, str(hit), "Install less, or nothing that never ends.", file=file
        ) from None
    except BuildFailed as failed:
        if DENIED in failed.message:
            raise CheckFailed(
                EXPECTED, failed.message, "The grader fetches nothing but base images.", file=file
            ) from None
        if sounds_offline(failed.output):
            _excuse(evidence, name, failed.message)
        if isinstance(failed, NotStarted) or sounds_full(failed.output):
            _excuse_engine(evidence, name, failed.message)
        verdict = _InDoubt if sounds_shaky(failed.output) else CheckFailed
        raise verdict(
            EXPECTED, _story(failed), _advice(evidence, name), file=file, line=failed.line
        ) from None
    return Built.of(engine, reference, _base_layers(evidence, name, engine))


def _read(evidence: "LabEvidence", name: str, build_args: Mapping[str, str]) -> "Dockerfile":
    """The Dockerfile as these arguments make it; raises `CheckFailed` for the first thing that Docker refuses."""
    dockerfile = evidence.dockerfile(name)
    if build_args:
        with evidence.reading(name):
            dockerfile = parse_dockerfile(evidence.handed_in(name), path=name, build_args=build_args)
    engine, _ = evidence.engines.ready()
    refuse_problems(dockerfile, evidence.path_of(name), engine.major)
    return dockerfile


def refuse_unbuildable(evidence: "LabEvidence") -> None:
    """Raise `CheckFailed` for what the engine at hand refuses to read, or without one the newest."""
    version = evidence.engines.major()
    for name in evidence.lab.images:
        dockerfile, file = evidence.dockerfile(name), evidence.path_of(name)
        with in_file(file):
            dockerfile.final  # noqa: B018 - without a stage, all checks say the same
        refuse_problems(dockerfile, file, version)


def refuse_problems(dockerfile: Dockerfile, file: str, version: int | None = None) -> None:
    """Raise `CheckFailed` for the first thing that an engine of this major version refuses; None is the newest."""
    for problem in dockerfile.problems:
        if version is None or problem.since <= version:
            raise CheckFailed(EXPECTED, sanitize_line(problem.message), MEND, file=file, line=problem.line)


def _excuse(evidence: "LabEvidence", name: str, message: str) -> None:
    """Raise `NotRun` for a build that failed while the network was away, which is nobody's mistake."""
    engine, run = evidence.engines.ready()
    base = evidence.engines.base(evidence.lab.images[name].base).name
    with evidence.step("asks whether the network is there"):
        if is_offline(engine, run, base):
            raise NotRun(f"{OFFLINE}: {message}") from None


def _excuse_engine(evidence: "LabEvidence", name: str, message: str) -> None:
    """Raise `NotRun` for a build that failed while the engine could build nothing at all."""
    engine, run = evidence.engines.ready()
    base = evidence.engines.base(evidence.lab.images[name].base).name
    with evidence.step("asks whether the engine builds anything"):
        if is_broken(engine, run, base):
            raise NotRun(f"{BROKEN}: {message}") from None


def _base_layers(evidence: "LabEvidence", name: str, engine: "Engine") -> tuple[str, ...]:
    """The layers of the base that the lab asks for: what an image has beside these is the student's own."""
    base = evidence.engines.base(evidence.lab.images[name].base)
    return Built.of(engine, base.image_id, ()).layers


def _story(failed: BuildFailed) -> str:
    where = f"{failed.step}\n" if failed.step else ""
    said = f"\nIts output:\n{fenced(failed.output)}" if failed.output else ""
    return f"{where}{failed.message}{said}"


def _advice(evidence: "LabEvidence", name: str) -> str:
    target = evidence.lab.text("target")
    return f"Build it yourself (`make build{target}`) and read the last lines on {evidence.path_of(name)}."

"""A lab's images: built with the tags that the README names, and pushed to a registry."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checks.engine.limits import BuildLimits
from checks.engine.slots import build_cgroup
from checks.grading.build_policy import settle_frontend
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.build_inputs import external_images
from checks.parsing.dockerfile.dockerfile import Dockerfile, parse_dockerfile
from checks.parsing.text.problems import ParseError
from checks.workbench.context import UsageError, Workbench


def build(bench: Workbench) -> int:
    """Build every image of the lab; return the exit status of the first build that fails, else 0."""
    builds = (build_image(bench, name) for name in bench.lab.images)
    return next(filter(None, builds), 0)


def have_image(bench: Workbench) -> None:
    """Build the main image if it does not exist; the student must rebuild an outdated one."""
    if not bench.engine.client.api.images(bench.tag) and build(bench):
        raise UsageError(f"there is no image {bench.tag}: the build failed")


def build_image(bench: Workbench, dockerfile: str) -> int:
    """Fetch the bases of one image, then build it; return the exit status."""
    file, image = bench.lab.folder / dockerfile, bench.lab.images[dockerfile]
    parsed = _read(file)
    bench.fetch(external_images(parsed))
    # Use grading's control group, so that both share the build cache.
    with build_cgroup(bench.engine, BuildLimits()) as cgroup, _readable(bench, parsed, file) as readable:
        group = ["--cgroup-parent", f"/{cgroup.name}"] if cgroup else []
        options = ["--tag", image.tag, *group, "--file", str(readable)]
        return bench.docker("build", *options, str(bench.lab.folder / image.context))


def _read(file: Path) -> Dockerfile:
    try:
        return parse_dockerfile(file.read_bytes(), path=file.name)
    except (OSError, ParseError) as error:
        raise UsageError(f"{file}: {error}") from None


@contextmanager
def _readable(bench: Workbench, parsed: Dockerfile, file: Path) -> Iterator[Path]:
    """Yield a Dockerfile that this engine can read: the embedded one cannot always pull a frontend."""
    if "syntax" not in parsed.directives or bench.engine.kind != "embedded":
        yield file
        return
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory, file.name)
        copy.write_bytes(file.read_bytes())
        try:
            settle_frontend(copy, file.name, built_in=True)
        except CheckFailed as foreign:
            raise UsageError(f"{file}:{foreign.line}: {foreign.actual}. {foreign.help}") from None
        yield copy


ARTIFACT_REGISTRY = "{LOCATION}-docker.pkg.dev/{PROJECT_ID}/{REPOSITORY}"  # Google's own form of it


def push(bench: Workbench) -> int:
    """Tag the image for a registry, and push it there."""
    target = f"{_registry(bench.lab.target)}/{bench.tag}"
    have_image(bench)
    return bench.docker("tag", bench.tag, target) or bench.docker("push", target)


def _registry(lab: str) -> str:
    """Return the registry from the person's environment; raise `UsageError` if it is not set."""
    if registry := os.environ.get("REGISTRY"):
        return registry.rstrip("/")
    try:
        return ARTIFACT_REGISTRY.format_map(os.environ)
    except KeyError as missing:
        raise UsageError(
            f"where to? Say `make push{lab} REGISTRY=host/path`, or give it LOCATION, PROJECT_ID and REPOSITORY "
            f"in the same way ({missing} is not set)"
        ) from None

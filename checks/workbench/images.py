"""A lab's images: built with the tags that the README names, and pushed to a registry."""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from checks.engine.limits import BuildLimits
from checks.engine.publication import FILE, publish, read_publication
from checks.engine.slots import build_cgroup
from checks.grading.build_policy import settle_frontend
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.build_inputs import external_images
from checks.parsing.dockerfile.dockerfile import Dockerfile, parse_dockerfile
from checks.parsing.text.problems import ParseError
from checks.parsing.text.yaml_file import parse_yaml
from checks.reports.progress import Progress
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
    with (
        build_cgroup(bench.engine, BuildLimits(), topic=bench.lab.id) as cgroup,
        _readable(bench, parsed, file) as readable,
    ):
        group = ["--cgroup-parent", f"/{cgroup.name}"] if cgroup else []
        options = ["--tag", image.tag, *group, *_arguments(bench), "--file", str(readable)]
        return bench.docker("build", *options, str(bench.lab.folder / image.context))


def _arguments(bench: Workbench) -> list[str]:
    """Return the lab's build arguments that the person has set: `make build... VERSION=1.0.0`."""
    given = _given(bench)
    return [word for name, value in given.items() for word in ("--build-arg", f"{name}={value}")]


def _given(bench: Workbench) -> Mapping[str, str]:
    return {name: os.environ[name] for name in bench.lab.arguments if os.environ.get(name)}


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


@contextmanager
def readable_dockerfile(bench: Workbench, file: Path) -> Iterator[tuple[Path, Dockerfile]]:
    """Yield a Dockerfile that this engine can read, and what it says; raise `UsageError`."""
    parsed = _read(file)
    with _readable(bench, parsed, file) as readable:
        yield readable, parsed


ARTIFACT_REGISTRY = "{LOCATION}-docker.pkg.dev/{PROJECT_ID}/{REPOSITORY}"  # Google's own form of it


def push(bench: Workbench) -> int:
    """Push the image to a registry, under the names in the lab's `publish.yaml`, or else under its tag."""
    registry = _registry(bench.lab.target)
    if not (bench.lab.folder / FILE).exists():
        target = f"{registry}/{bench.tag}"
        have_image(bench)
        return bench.docker("tag", bench.tag, target) or bench.docker("push", target)
    names = _names(bench)
    if build(bench):
        raise UsageError("the build failed, so there is nothing to push")
    with Progress.on(sys.stderr).step(f"pushes {', '.join(names)}"):
        publish(bench.engine, bench.tag, registry, names)
    print("\n".join(f"{registry}/{name}" for name in names))
    return 0


def _names(bench: Workbench) -> Sequence[str]:
    """Return the names to publish; raise `UsageError` if there is none, or if one waits for an argument."""
    path, given = bench.lab.folder / FILE, _given(bench)
    missing = next((name for name in bench.lab.arguments if name not in given), None)
    if missing:
        raise UsageError(f"which {missing}? Say `make push{bench.lab.target} {missing}=1.0.0 REGISTRY=...`")
    try:
        names = read_publication(parse_yaml(path.read_bytes(), path.name), given).names
    except (OSError, ParseError) as error:
        raise UsageError(f"{path}: {error}") from None
    if not names:
        raise UsageError(f"{path}: `tags` is empty: under which names?")
    return names


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

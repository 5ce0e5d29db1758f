"""A lab's image on its way to a registry."""

import os

from checks.workbench.bench import Unclear, Workbench
from checks.workbench.building import have_image

ARTIFACT_REGISTRY = "{LOCATION}-docker.pkg.dev/{PROJECT_ID}/{REPOSITORY}"  # Google's own form of it


def push(bench: Workbench) -> int:
    """Tag the image for a registry, and push it there."""
    target = f"{_registry(bench.lab.text('target'))}/{bench.tag}"
    have_image(bench)
    return bench.docker("tag", bench.tag, target) or bench.docker("push", target)


def _registry(lab: str) -> str:
    """Where to push to, as the person said it."""
    if registry := os.environ.get("REGISTRY"):
        return registry.rstrip("/")
    try:
        return ARTIFACT_REGISTRY.format_map(os.environ)
    except KeyError as missing:
        raise Unclear(
            f"where to? Say `make push{lab} REGISTRY=host/path`, or give it LOCATION, PROJECT_ID and REPOSITORY "
            f"in the same way ({missing} is not set)"
        ) from None

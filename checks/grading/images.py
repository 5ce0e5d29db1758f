"""The images of a Compose project: built from the student's Dockerfile, or fetched like a base image.

All of them exist before anything boots. Each is built once, so the image that runs is the image that is searched.
"""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.engine.project.document import Document
from checks.evidence.image.built import Built
from checks.evidence.image.image import Image
from checks.grading.build import build_image
from checks.grading.build_policy import refuse_near_registries
from checks.grading.looking import look_into
from checks.outcomes import CheckFailed
from checks.parsing.compose.service import DEFAULT_DOCKERFILE

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence

Arguments = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Images:
    """The images of one project; `built` holds them by Dockerfile and build arguments."""

    evidence: "LabEvidence"
    built: dict[tuple[str, Arguments], Built] = field(default_factory=dict)

    def of(self, services: Mapping[str, Document]) -> Mapping[str, str]:
        """Return the engine's reference of the image of each of these normalised services, by service."""
        return {name: self._reference(service, name) for name, service in services.items()}

    def config(self, reference: str) -> Mapping[str, Any]:
        """Return the image config."""
        engine, _ = self.evidence.engines.ready()
        config: Mapping[str, Any] = engine.client.images.get(reference).attrs.get("Config") or {}
        return config

    def contents(self, reference: str) -> Image:
        """Return the contents of an image that was built here, searched for canaries."""
        by_reference = {image.reference: how for how, image in self.built.items()}
        name, arguments = by_reference[reference]
        if not arguments:
            return self.evidence.image(name)
        engine, _ = self.evidence.engines.ready()
        file = self.evidence.path_of(name)
        return look_into(engine, self.built[name, arguments], self.evidence.canary_files, file)

    def _reference(self, service: Document, name: str) -> str:
        build = service.get("build")
        if build is None:
            file = self.evidence.path_of(self.evidence.lab.main_file)
            refuse_near_registries(self.evidence, [service["image"]], file)
            return self.evidence.engines.base(service["image"]).image_id
        how = _dockerfile(self.evidence, build, name), _arguments(build)
        if how not in self.built:
            self.built[how] = _build(self.evidence, *how)
        return self.built[how].reference


def _dockerfile(evidence: "LabEvidence", build: Document, name: str) -> str:
    """Return the Dockerfile of the lab from which a service is built; raise `CheckFailed` if it is another file."""
    lab, root, target = evidence.lab, evidence.workspace().root, build.get("target")
    for dockerfile, asked in lab.images.items():
        final = evidence.dockerfile(dockerfile).final.name
        if is_of(build, root, dockerfile, asked.context) and (not target or target.lower() == final):
            return dockerfile
    known = " or ".join(f"`{dockerfile}`" for dockerfile in lab.images)
    raise CheckFailed(
        f"a build of {known} in this folder, up to its last stage",
        f"the service `{name}` is built from something else",
        f"The grader builds {known} and nothing else: `build: {lab.image.context}`",
        file=evidence.path_of(lab.main_file),
    )


def _arguments(build: Document) -> Arguments:
    """Return the build arguments that have a value."""
    written = {key: value for key, value in (build.get("args") or {}).items() if value is not None}
    given = {
        key: str(value).replace("$$", "$") for key, value in written.items()
    }  # Compose escapes what it prints
    return tuple(sorted(given.items()))


def is_of(build: Mapping[str, Any], root: Path, dockerfile: str, context: str = ".") -> bool:
    """Whether `build` means this Dockerfile, in any spelling: `./Dockerfile`, an absolute path, or the default."""
    folder = str(build.get("context") or root)
    given = posixpath.join(folder, build.get("dockerfile") or DEFAULT_DOCKERFILE)
    return folder == str(root / context) and posixpath.normpath(given) == str(root / dockerfile)


def _build(evidence: "LabEvidence", name: str, arguments: Arguments) -> Built:
    if not arguments:
        return evidence.built(name)
    return build_image(evidence.build_context, name, evidence.workspace().root, dict(arguments))

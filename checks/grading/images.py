"""The images of a Compose project: built as the student's Dockerfile says, or had as any base is.

All of them are there before anything boots, and what runs is what is searched: nothing is built twice.
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
    """Those of one project; `built` has what a build with these arguments gave."""

    evidence: "LabEvidence"
    built: dict[Arguments, Built] = field(default_factory=dict)

    def of(self, services: Mapping[str, Document]) -> Mapping[str, str]:
        """The image of each of these normalised services as the engine knows it, by service."""
        return {name: self._reference(service, name) for name, service in services.items()}

    def config(self, reference: str) -> Mapping[str, Any]:
        """What an image says of itself."""
        engine, _ = self.evidence.engines.ready()
        config: Mapping[str, Any] = engine.client.images.get(reference).attrs.get("Config") or {}
        return config

    def contents(self, reference: str) -> Image:
        """All that an image that was built here is made of, searched for what was planted."""
        found = next(image for image in self.built.values() if image.reference == reference)
        plain = self.built.get(())
        if plain and plain.reference == reference:
            return self.evidence.image(self.evidence.lab.dockerfile)
        engine, _ = self.evidence.engines.ready()
        file = self.evidence.path_of(self.evidence.lab.dockerfile)
        return look_into(engine, found, self.evidence.canary_files, file)

    def _reference(self, service: Document, name: str) -> str:
        build = service.get("build")
        if build is None:
            file = self.evidence.path_of(self.evidence.lab.main_file)
            refuse_near_registries(self.evidence, [service["image"]], file)
            return self.evidence.engines.base(service["image"]).image_id
        arguments = _arguments(self.evidence, build, name)
        if arguments not in self.built:
            self.built[arguments] = _build(self.evidence, arguments)
        return self.built[arguments].reference


def _arguments(evidence: "LabEvidence", build: Document, name: str) -> Arguments:
    """The build arguments; raises `CheckFailed` where the build is not that of the lab's Dockerfile."""
    lab = evidence.lab
    dockerfile = lab.dockerfile
    target = build.get("target")
    final = evidence.dockerfile(dockerfile).final.name
    if not is_of(build, evidence.workspace().root, dockerfile) or (target and target.lower() != final):
        raise CheckFailed(
            f"a build of the `{dockerfile}` in this folder, up to its last stage",
            f"the service `{name}` is built from something else",
            f"The grader builds `{dockerfile}` and nothing else: `build: .`",
            file=evidence.path_of(lab.main_file),
        )
    written = {key: value for key, value in (build.get("args") or {}).items() if value is not None}
    given = {
        key: str(value).replace("$$", "$") for key, value in written.items()
    }  # Compose escapes what it prints
    return tuple(sorted(given.items()))


def is_of(build: Mapping[str, Any], root: Path, dockerfile: str) -> bool:
    """Whether it is this file of the folder, however it is spelled: `./Dockerfile`, an absolute path, nothing."""
    context = str(build.get("context") or root)
    given = posixpath.join(context, build.get("dockerfile") or DEFAULT_DOCKERFILE)
    return context == str(root) and posixpath.normpath(given) == str(root / dockerfile)


def _build(evidence: "LabEvidence", arguments: Arguments) -> Built:
    name = evidence.lab.dockerfile
    if not arguments:
        return evidence.built(name)
    return build_image(evidence.build_context, name, evidence.workspace().root, dict(arguments))

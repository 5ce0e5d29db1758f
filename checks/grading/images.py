"""The images of a Compose project: built as the student's Dockerfile says, or had as any base is.

All of them are there before anything boots, and what runs is what is searched: nothing is built twice.
"""

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.engine.project.sandbox import Document
from checks.evidence.image.built import Built
from checks.evidence.image.image import Image
from checks.grading.build import build_image
from checks.grading.build_policy import refuse_near_registries
from checks.grading.looking import look_into
from checks.outcomes import CheckFailed
from checks.parsing.compose.service import DEFAULT_DOCKERFILE

if TYPE_CHECKING:
    from checks.grading.evidence import Gathering
    from checks.grading.normalized import Form

Arguments = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Images:
    """Those of one project; `built` has what a build with these arguments gave."""

    gathering: "Gathering"
    built: dict[Arguments, Built] = field(default_factory=dict)

    def of(self, form: "Form", names: Iterable[str]) -> Mapping[str, str]:
        """The image of each of these services as the engine knows it, by service."""
        return {name: self._reference(form.service(name), name) for name in names}

    def config(self, reference: str) -> Mapping[str, Any]:
        """What an image says of itself."""
        engine, _ = self.gathering.engines.ready()
        config: Mapping[str, Any] = engine.client.images.get(reference).attrs.get("Config") or {}
        return config

    def contents(self, reference: str) -> Image:
        """All that an image that was built here is made of, searched for what was planted."""
        found = next(image for image in self.built.values() if image.reference == reference)
        plain = self.built.get(())
        if plain and plain.reference == reference:
            return self.gathering.image(self.gathering.lab.text("dockerfile"))
        engine, _ = self.gathering.engines.ready()
        file = self.gathering.path_of(self.gathering.lab.text("dockerfile"))
        return look_into(engine, found, self.gathering.planting, file)

    def _reference(self, service: Document, name: str) -> str:
        build = service.get("build")
        if build is None:
            file = self.gathering.path_of(self.gathering.lab.text("compose"))
            refuse_near_registries(self.gathering, [service["image"]], file)
            return self.gathering.engines.base(service["image"]).image_id
        arguments = _arguments(self.gathering, build, name)
        if arguments not in self.built:
            self.built[arguments] = _build(self.gathering, arguments)
        return self.built[arguments].reference


def _arguments(gathering: "Gathering", build: Document, name: str) -> Arguments:
    """The build arguments; raises `CheckFailed` where the build is not that of the lab's Dockerfile."""
    lab = gathering.lab
    dockerfile = lab.text("dockerfile")
    target = build.get("target")
    final = gathering.dockerfile(dockerfile).final.name
    if not is_of(build, gathering.workspace().root, dockerfile) or (target and target.lower() != final):
        raise CheckFailed(
            f"a build of the `{dockerfile}` in this folder, up to its last stage",
            f"the service `{name}` is built from something else",
            f"The grader builds `{dockerfile}` and nothing else: `build: .`",
            file=gathering.path_of(lab.text("compose")),
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


def _build(gathering: "Gathering", arguments: Arguments) -> Built:
    name = gathering.lab.text("dockerfile")
    if not arguments:
        return gathering.built(name)
    return build_image(gathering, name, gathering.workspace().root, dict(arguments))

"""The images of a Compose project: built as the student's Dockerfile says, or had as any base is."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.engine.compose.bounded import Document
from checks.evidence.built import Built
from checks.evidence.image import Image, read_image
from checks.expect.failure import CheckFailed
from checks.grading.building import build_image
from checks.parsing.compose.service import DEFAULT_DOCKERFILE

if TYPE_CHECKING:
    from checks.grading.composing import Form
    from checks.grading.gathering import Gathering


def images(gathering: "Gathering", form: "Form", name: str) -> Mapping[str, str]:
    """The images of a service and of those that it waits for, as the engine knows them, by service."""
    return {needed: _image(gathering, form.service(needed), needed) for needed in form.needed(name)}


def _image(gathering: "Gathering", service: Document, name: str) -> str:
    build = service.get("build")
    if build:
        return built(gathering, build, name).reference
    return gathering.engines.base(service["image"]).image_id


def built(gathering: "Gathering", build: Document, name: str) -> Built:
    """The image of a service that is built; raises `CheckFailed` where it is not from the lab's Dockerfile."""
    lab, root = gathering.lab, gathering.workspace().root
    dockerfile = lab.text("dockerfile")
    target = build.get("target")
    final = gathering.dockerfile(dockerfile).final.name
    is_ours = build["context"] == str(root) and (build.get("dockerfile") or DEFAULT_DOCKERFILE) == dockerfile
    if not is_ours or (target and target.lower() != final):
        raise CheckFailed(
            f"a build of the `{dockerfile}` in this folder, up to its last stage",
            f"the service `{name}` is built from something else",
            f"The grader builds `{dockerfile}` and nothing else: `build: .`",
            file=gathering.path_of(lab.text("compose")),
        )
    arguments = {key: str(value) for key, value in (build.get("args") or {}).items() if value is not None}
    if not arguments:
        return gathering.built(dockerfile)
    return build_image(gathering, dockerfile, root, arguments)


def contents(gathering: "Gathering", form: "Form") -> Image:
    """All that the image of the lab's service is made of, searched for what was planted."""
    build = form.service(gathering.lab.text("service")).get("build") or {}
    if not build.get("args"):
        return gathering.image(gathering.lab.text("dockerfile"))
    image = built(gathering, build, gathering.lab.text("service"))
    engine, _ = gathering.engines.ready()
    stream = engine.client.api.get_image(image.reference)
    return read_image(stream, base_layers=image.base_layers, canaries=gathering.planting.canaries)

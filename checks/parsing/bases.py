"""Which images a build starts from and copies from."""

from checks.parsing.dockerfile import Dockerfile
from checks.parsing.image_reference import ImageReference
from checks.parsing.instructions import Instruction
from checks.parsing.naming import is_number
from checks.parsing.references import taken_from
from checks.parsing.stages import Stage


def starts_from(stage: Stage, name: str) -> bool:
    """Whether the stage is built, through others too, on this image; a digest may be added."""
    found, wanted = stage.image, ImageReference.parse(name)
    return found is not None and _identity(found) == _identity(wanted)


def python_of(stage: Stage) -> str:
    """The release of Python that an official image of it is, as its tag says (`3.8.12`), else nothing."""
    image = stage.image
    is_official = image is not None and (image.domain, image.path) == ("", "python")
    return version_in(stage.root_base) if is_official else ""


def version_in(name: str) -> str:
    """The version in the tag of an image: `3.8.12` of `python:3.8.12-slim`."""
    return ImageReference.parse(name).tag.partition("-")[0]


def external_images(dockerfile: Dockerfile) -> tuple[str, ...]:
    """Every image that a build of the final stage fetches, `scratch` aside, each once."""
    names: dict[str, None] = {}
    for stage in dockerfile.stages:
        if stage.parent is None and stage.root_base != "scratch":
            names[stage.root_base] = None
        for instruction in stage.instructions:
            names.update(dict.fromkeys(_copied_from(instruction)))
    return tuple(names)


def _copied_from(instruction: Instruction) -> tuple[str, ...]:
    """Images that it takes files from."""
    found = ((source.from_name, source.from_stage) for source in taken_from(instruction))
    return tuple(name for name, stage in found if name and stage is None and not is_number(name))


def _identity(image: ImageReference) -> tuple[str, str, str]:
    return image.domain, image.path, image.tag or "latest"

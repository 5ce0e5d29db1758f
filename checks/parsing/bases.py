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

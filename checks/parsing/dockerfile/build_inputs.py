"""Inputs of a build from outside its folder: images, URLs, arguments, secrets and caches."""

import posixpath
import re
from collections.abc import Iterator

from checks.parsing.dockerfile.dockerfile import Dockerfile
from checks.parsing.dockerfile.instructions import Add, Arg, Instruction, Mount, OnBuild, Run
from checks.parsing.dockerfile.references import needed, taken_from
from checks.parsing.dockerfile.remote_source import may_be_remote
from checks.parsing.dockerfile.stage_names import is_number
from checks.parsing.dockerfile.stages import Stage, from_stage
from checks.parsing.text.image_reference import ImageReference


def starts_from(stage: Stage, name: str) -> bool:
    """Whether the stage is based on this image, directly or through other stages; digests are ignored."""
    found, wanted = stage.image, ImageReference.parse(name)
    return found is not None and _identity(found) == _identity(wanted)


def python_of(stage: Stage) -> str:
    """Return the version in the tag of an official Python image (`3.8.12`), or "" for another image."""
    image = stage.image
    is_official = image is not None and (image.domain, image.path) == ("", "python")
    return version_in(stage.root_base) if is_official else ""


def version_in(name: str) -> str:
    """Return the version in the tag of an image: `3.8.12` for `python:3.8.12-slim`."""
    return ImageReference.parse(name).tag.partition("-")[0]


def external_images(dockerfile: Dockerfile) -> tuple[str, ...]:
    """Return every image that a build fetches, except `scratch`, each once.

    BuildKit asks no registry about a stage that the last one does not need.
    """
    names: dict[str, None] = {}
    for stage in needed(dockerfile.stages):
        if stage.parent is None and stage.root_base != "scratch":
            names[stage.root_base] = None
        for instruction in stage.instructions:
            names.update(dict.fromkeys(_copied_from(instruction)))
    return tuple(names)


def _copied_from(instruction: Instruction) -> tuple[str, ...]:
    """Return the images from which a COPY or a mount takes files."""
    found = ((source.from_name, from_stage(source)) for source in taken_from(instruction))
    return tuple(name for name, stage in found if name and stage is None and not is_number(name))


def _identity(image: ImageReference) -> tuple[str, str, str]:
    return image.domain, image.path, image.tag or "latest"


# A `--mount` that names a cache, or has a variable that only the build can expand.
_PERHAPS_A_CACHE = re.compile(r"cache|\$", re.IGNORECASE)


def remote_sources(dockerfile: Dockerfile) -> Iterator[tuple[Add, str]]:
    """Yield each ADD of a URL or a git repository with that source, in any stage and in ONBUILD triggers.

    Variables that only the base image sets cannot be expanded here; a URL written behind one is still found.
    """
    for instruction in _all(dockerfile):
        if isinstance(instruction, Add):
            written = instruction.arguments.split()[:-1] if "$" in instruction.arguments else ()
            for source in (*instruction.sources, *written):
                if may_be_remote(source):
                    yield instruction, source
                    break


def may_mount_a_cache(dockerfile: Dockerfile) -> bool:
    """Whether any RUN mounts a cache; True if only the build could tell."""
    return any(map(_may_mount_a_cache, _all(dockerfile)))


def _may_mount_a_cache(instruction: Instruction) -> bool:
    if isinstance(instruction, Run):
        mounts = [value for name, value in instruction.flags if name == "mount"]
        return any(_PERHAPS_A_CACHE.search(mount) for mount in mounts)
    return isinstance(instruction, OnBuild) and bool(_PERHAPS_A_CACHE.search(instruction.arguments))


def _all(dockerfile: Dockerfile) -> Iterator[Instruction]:
    """Yield the instructions of the file, then those that an ONBUILD triggers in a stage."""
    yield from dockerfile.instructions
    known = set(map(id, dockerfile.instructions))
    for stage in dockerfile.stages:
        yield from (entry for entry in stage.instructions if id(entry) not in known)


# BuildKit sets these itself, or keeps them out of the history (Dockerfile reference, "Predefined ARGs" and
# "Automatic platform ARGs in the global scope").
_PREDEFINED = re.compile(r"(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)", re.IGNORECASE)
# These configure the build itself: the frontend, the cache to mount, the proxy for downloads.
_RESERVED = re.compile(r"BUILDKIT_.*|.*_PROXY|SOURCE_DATE_EPOCH", re.IGNORECASE | re.DOTALL)
# An ARG with a default need not be given, but users pass a value to one with such a name anyway.
_SECRET = re.compile(r"(?:^|_)(?:api)?keys?(?:_|$)|token|secret|passw|credential", re.IGNORECASE)


def awaited_arguments(dockerfile: Dockerfile) -> tuple[str, ...]:
    """Return the ARGs that have no default or are named like a secret, each once, in order."""
    return tuple(
        dict.fromkeys(name for name, default in _arguments(dockerfile) if _is_awaited(name, default))
    )


def is_reserved(name: str) -> bool:
    """Whether BuildKit itself reads a build argument of this name, so that it changes how BuildKit builds."""
    return _RESERVED.fullmatch(name) is not None


def declared_arguments(dockerfile: Dockerfile) -> frozenset[str]:
    """Return the names of all ARGs: above the first FROM, in a stage, or triggered there by an ONBUILD."""
    return frozenset(name for name, _ in _arguments(dockerfile))


def mounted_secrets(dockerfile: Dockerfile) -> tuple[str, ...]:
    """Return the ids of the secrets that RUNs mount, triggered ones too, each once, in order."""
    runs = (entry for entry in _all(dockerfile) if isinstance(entry, Run))
    mounts = (mount for run in runs for mount in run.mounts if mount.type == "secret")
    return tuple(dict.fromkeys(map(_id, mounts)))


def _id(mount: Mount) -> str:
    """Return a secret's id as BuildKit does: `source` or `id`, else the base name of the target."""
    return mount.source or mount.id or posixpath.basename(mount.target)


def _arguments(dockerfile: Dockerfile) -> Iterator[tuple[str, str | None]]:
    for instruction in _all(dockerfile):
        if isinstance(instruction, Arg):
            yield from instruction.variables


def _is_awaited(name: str, default: str | None) -> bool:
    if _PREDEFINED.fullmatch(name) or is_reserved(name):
        return False
    return default is None or bool(_SECRET.search(name))

"""Inputs of a build from outside its folder: images, URLs, arguments, secrets and caches."""

import posixpath
import re
from collections.abc import Iterator

from checks.parsing.dockerfile.dockerfile import Dockerfile
from checks.parsing.dockerfile.instructions import Add, Arg, Instruction, Mount, OnBuild, Run
from checks.parsing.dockerfile.references import taken_from
from checks.parsing.dockerfile.stage_names import is_number
from checks.parsing.dockerfile.stages import Stage, from_stage
from checks.parsing.text.image_reference import ImageReference


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
    found = ((source.from_name, from_stage(source)) for source in taken_from(instruction))
    return tuple(name for name, stage in found if name and stage is None and not is_number(name))


def _identity(image: ImageReference) -> tuple[str, str, str]:
    return image.domain, image.path, image.tag or "latest"


# As BuildKit tells them from a path: a scheme, or `user@host:path`, which is git's. No path of a folder looks so.
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://|[\w.-]+@[\w.-]+:", re.IGNORECASE | re.ASCII)
# What `--mount` may say of a cache, or of what only the build knows.
_PERHAPS_A_CACHE = re.compile(r"cache|\$", re.IGNORECASE)


def remote_sources(dockerfile: Dockerfile) -> Iterator[tuple[Add, str]]:
    """Each ADD of a URL or a git repository, with that source; in any stage, triggered ones too.

    What a variable holds that only the base image sets cannot be told here: a URL that is written behind one is
    found all the same.
    """
    for instruction in _all(dockerfile):
        if isinstance(instruction, Add):
            written = instruction.arguments.split()[:-1] if "$" in instruction.arguments else ()
            for source in (*instruction.sources, *written):
                if _REMOTE.match(source) or ("$" in source and _REMOTE.search(source)):
                    yield instruction, source
                    break


def may_mount_a_cache(dockerfile: Dockerfile) -> bool:
    """Whether any RUN mounts a cache; where only the build could tell, it may."""
    return any(map(_may_mount_a_cache, _all(dockerfile)))


def _may_mount_a_cache(instruction: Instruction) -> bool:
    if isinstance(instruction, Run):
        mounts = [value for name, value in instruction.flags if name == "mount"]
        return any(_PERHAPS_A_CACHE.search(mount) for mount in mounts)
    return isinstance(instruction, OnBuild) and bool(_PERHAPS_A_CACHE.search(instruction.arguments))


def _all(dockerfile: Dockerfile) -> Iterator[Instruction]:
    """Those of the file, and those that an ONBUILD triggers in a stage."""
    yield from dockerfile.instructions
    known = set(map(id, dockerfile.instructions))
    for stage in dockerfile.stages:
        yield from (entry for entry in stage.instructions if id(entry) not in known)


# BuildKit fills these in by itself, or keeps them out of the history (Dockerfile reference, "Predefined ARGs" and
# "Automatic platform ARGs in the global scope").
_PREDEFINED = re.compile(r"(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)", re.IGNORECASE)
# These steer the build itself: which program reads the Dockerfile, whose cache is mounted, which way packages come.
_RESERVED = re.compile(r"BUILDKIT_.*|.*_PROXY|SOURCE_DATE_EPOCH", re.IGNORECASE | re.DOTALL)
# A default says that nothing need be given. With such a name, somebody will give something all the same.
_SECRET = re.compile(r"(?:^|_)(?:api)?keys?(?:_|$)|token|secret|passw|credential", re.IGNORECASE)


def awaited_arguments(dockerfile: Dockerfile) -> tuple[str, ...]:
    """Arguments of any stage that have no default, or are named like a secret; each once, in order."""
    return tuple(
        dict.fromkeys(name for name, default in _arguments(dockerfile) if _is_awaited(name, default))
    )


def is_reserved(name: str) -> bool:
    """Whether a build argument of that name is BuildKit's own, so that its value changes how a build is done."""
    return _RESERVED.fullmatch(name) is not None


def declared_arguments(dockerfile: Dockerfile) -> frozenset[str]:
    """The names behind every ARG: above the first FROM, in a stage, or triggered there by an ONBUILD."""
    return frozenset(name for name, _ in _arguments(dockerfile))


def mounted_secrets(dockerfile: Dockerfile) -> tuple[str, ...]:
    """The ids of the secrets that any RUN mounts; each once, in order."""
    runs = (entry for entry in dockerfile.instructions if isinstance(entry, Run))
    mounts = (mount for run in runs for mount in run.mounts if mount.type == "secret")
    return tuple(dict.fromkeys(map(_id, mounts)))


def _id(mount: Mount) -> str:
    """As BuildKit has it: the source is another word for the id, and the target's name stands in for both."""
    return mount.source or mount.id or posixpath.basename(mount.target)


def _arguments(dockerfile: Dockerfile) -> Iterator[tuple[str, str | None]]:
    triggered = (instruction for stage in dockerfile.stages for instruction in stage.instructions)
    for instruction in (*dockerfile.instructions, *triggered):
        if isinstance(instruction, Arg):
            yield from instruction.variables


def _is_awaited(name: str, default: str | None) -> bool:
    if _PREDEFINED.fullmatch(name) or is_reserved(name):
        return False
    return default is None or bool(_SECRET.search(name))

"""What a build is given by whoever starts it: build arguments that wait for a value, and secrets to mount."""

import posixpath
import re
from collections.abc import Iterator

from checks.parsing.dockerfile import Dockerfile
from checks.parsing.instructions import Arg, Mount, Run

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

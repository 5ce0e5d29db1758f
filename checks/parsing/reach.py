"""What a Dockerfile reaches for outside of its own folder: remote sources of ADD, and caches that builds share."""

import re
from collections.abc import Iterator

from checks.parsing.dockerfile import Dockerfile
from checks.parsing.instructions import Add, Instruction, OnBuild, Run

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

"""The arguments of a build: those that the Dockerfile declares, and two of BuildKit's own that the grader sets."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.evidence.output import visible_line
from checks.expect.failure import CheckFailed
from checks.parsing.given import declared_arguments, is_reserved
from checks.parsing.reach import may_mount_a_cache

if TYPE_CHECKING:
    from checks.grading.gathering import Gathering
    from checks.parsing.dockerfile import Dockerfile

NAMESPACE_LENGTH = 32  # a host name, which the second argument is, has at most 63 characters


def accepted_arguments(
    gathering: "Gathering", dockerfile: "Dockerfile", given: Mapping[str, str]
) -> Mapping[str, str]:
    """Those of `given` that the Dockerfile declares, as Docker ignores the others; raises `CheckFailed`."""
    for name in filter(is_reserved, given):
        raise CheckFailed(
            "build arguments that the Dockerfile reads",
            f"`{visible_line(name)}` steers BuildKit itself, or the way to the network",
            "Leave it out of what the build is given (`build.args`, `--build-arg`).",
            file=gathering.path_of(gathering.lab.main_file),
        )
    declared = declared_arguments(dockerfile)
    return {name: value for name, value in given.items() if name in declared}


def separating_arguments(gathering: "Gathering", dockerfile: "Dockerfile") -> Mapping[str, str]:
    """What keeps the cache mounts of a submission to itself, and so the layers that were made with them.

    A cache mount is shared by all builds that name the same id or path, so one student could leave there what
    another one's pip installs. `BUILDKIT_CACHE_MOUNT_NS` keeps them apart. But that is not in BuildKit's key of a
    RUN: the same line in another submission would get the layer that was made with the first one's cache. A host
    name is in the key and in no image. Files without cache mounts share their layers, as before.
    """
    own = gathering.fingerprint()[:NAMESPACE_LENGTH]
    namespace = {"BUILDKIT_CACHE_MOUNT_NS": own}
    return {**namespace, "BUILDKIT_SANDBOX_HOSTNAME": own} if may_mount_a_cache(dockerfile) else namespace

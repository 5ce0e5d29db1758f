"""The canonical spelling of an image's name: Docker reads `ubuntu` as `docker.io/library/ubuntu:latest`."""

from dataclasses import dataclass
from typing import Final

HUB: Final = "docker.io"
HUB_ALIASES: Final = ("docker.io", "index.docker.io", "registry-1.docker.io")


@dataclass(frozen=True, slots=True)
class ImageName:
    """A name `registry/path:tag@digest`, in the reference grammar of the OCI distribution specification."""

    registry: str
    path: str
    tag: str
    digest: str = ""

    def __str__(self) -> str:
        """Return the short form that people write, which Docker calls familiar."""
        registry = "" if self.registry == HUB else f"{self.registry}/"
        digest = f"@{self.digest}" if self.digest else ""
        return f"{registry}{self.path.removeprefix('library/')}:{self.tag}{digest}"


def read_name(text: str) -> ImageName:
    """Read a reference as Docker does.

    The first part is a registry if it has a dot, a colon or a capital letter, or is localhost (`splitDockerDomain`
    in distribution/reference): who overlooks one takes `LOCALHOST/x` for an image of Docker Hub.
    """
    name, _, digest = text.strip().partition("@")
    first, slash, rest = name.partition("/")
    is_named = "." in first or ":" in first or first == "localhost" or first != first.lower()
    is_registry = bool(slash) and is_named
    registry, path = (first, rest) if is_registry else (HUB, name)
    path, _, tag = path.partition(":")
    if registry in HUB_ALIASES:
        return ImageName(HUB, path if "/" in path else f"library/{path}", tag or "latest", digest)
    return ImageName(registry, path, tag or "latest", digest)

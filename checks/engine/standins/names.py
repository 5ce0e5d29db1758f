"""The canonical spelling of an image's name: Docker reads `ubuntu` as `docker.io/library/ubuntu:latest`."""

from dataclasses import dataclass
from typing import Final

from checks.parsing.text.image_reference import split_domain

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
        official = self.path.removeprefix("library/")
        path = self.path if "/" in official else official  # `library/a/b` is another image than `a/b`
        return f"{registry}{path}:{self.tag}{digest}"


def read_name(text: str) -> ImageName:
    """Read a reference as Docker does, whether or not it is a valid one."""
    name, _, digest = text.strip().partition("@")
    domain, path = split_domain(name)
    registry, (path, _, tag) = domain or HUB, path.partition(":")
    if registry in HUB_ALIASES:
        return ImageName(HUB, path if "/" in path else f"library/{path}", tag or "latest", digest)
    return ImageName(registry, path, tag or "latest", digest)

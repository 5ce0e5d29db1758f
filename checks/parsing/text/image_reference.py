"""Parse the name of an image, `registry/path:tag@digest`, by the grammar of the OCI distribution reference.

`is_older` tells from its name whether an official image is from before Debian 12, because the tools differ.
"""

import re
from dataclasses import dataclass
from typing import Self

from checks.parsing.text.problems import Refused

MAX_LENGTH = 255  # characters of domain and path together, as in the reference implementation

_PATH = re.compile(
    r"[a-z0-9]++(?:(?:\.|_|__|-++)[a-z0-9]++)*+(?:/[a-z0-9]++(?:(?:\.|__|_|-++)[a-z0-9]++)*+)*+"
)
_DOMAIN = re.compile(r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]+)?")
_TAG = re.compile(r"[\w][\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")


@dataclass(frozen=True, slots=True)
class ImageReference:
    """An image name; `domain` is "" for Docker Hub (without `library/`), and a missing `tag` or `digest` is ""."""

    domain: str
    path: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, text: str, *, written: str = "") -> Self:
        """Parse a name. Raises Refused; the message also quotes `written`, if that text differs."""
        origin = f" (written `{written}`)" if written not in {"", text} else ""
        if not text:
            raise Refused(f"the name of the image is empty{origin}")
        rest, _, digest = text.partition("@")
        head, colon, tag = rest.rpartition(":")
        if not colon or "/" in tag:
            head, tag, colon = rest, "", ""
        domain, path = split_domain(head)
        if len(head) <= MAX_LENGTH and path != path.lower():
            raise Refused(f"`{text}`{origin}: the name of an image is in lower case")
        valid = (
            len(head) <= MAX_LENGTH and _PATH.fullmatch(path) and (not domain or _DOMAIN.fullmatch(domain))
        )
        valid = (
            valid
            and bool(colon) == bool(_TAG.fullmatch(tag))
            and ("@" in text) == bool(_DIGEST.fullmatch(digest))
        )
        if not valid:
            raise Refused(f"`{text[:MAX_LENGTH]}`{origin} is no name of an image")
        return cls(domain, path, tag, digest)


def split_domain(name: str) -> tuple[str, str]:
    """Split `host/path` as `splitDockerDomain` does; for Docker Hub, the host is "" and `library/` left out.

    The first part is a host if it has a dot, a port or a capital letter, or is localhost: who overlooks one takes
    `LOCALHOST/x` for an image of Docker Hub.
    """
    first, slash, path = name.partition("/")
    is_domain = slash and ("." in first or ":" in first or first == "localhost" or first != first.lower())
    domain, path = (first, path) if is_domain else ("", name)
    if domain in {"docker.io", "index.docker.io"}:
        domain = ""
    official = path.removeprefix("library/")
    return domain, path if domain or "/" in official else official


_CODE_NAMES = frozenset({"stretch", "buster", "bullseye", "bionic", "focal", "jammy"})
_RELEASES = {"debian": frozenset({"9", "10", "11"}), "ubuntu": frozenset({"18.04", "20.04", "22.04"})}
_PYTHONS = {"3.7": 16, "3.8": 16, "3.9": 16, "3.10": 11, "3.11": 3}  # each one's last release on Debian 11


def is_older(base: str) -> bool:
    """Return whether the image is from before Debian 12."""
    try:
        image = ImageReference.parse(base)
    except Refused:
        return False
    version, *variants = image.tag.split("-")
    if _CODE_NAMES & {version, *variants}:
        return True
    if image.path == "debian":
        return version.partition(".")[0] in _RELEASES["debian"]
    if image.path == "python":
        release, _, micro = version.rpartition(".")
        return micro.isdecimal() and int(micro[:3]) <= _PYTHONS.get(release, -1)
    return version in _RELEASES.get(image.path, ())

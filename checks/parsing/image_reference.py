"""The name of an image: `registry/path:tag@digest`, by the grammar of the OCI distribution reference."""

import re
from dataclasses import dataclass
from typing import Self

from checks.parsing.problems import Refused

MAX_LENGTH = 255  # of domain and path together, as the reference implementation has it

_PATH = re.compile(
    r"[a-z0-9]++(?:(?:\.|_|__|-++)[a-z0-9]++)*+(?:/[a-z0-9]++(?:(?:\.|__|_|-++)[a-z0-9]++)*+)*+"
)
_DOMAIN = re.compile(r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]+)?")
_TAG = re.compile(r"[\w][\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")


@dataclass(frozen=True, slots=True)
class ImageReference:
    """`domain` is "" for Docker Hub, whose `library/` is dropped; `tag` and `digest` are "" if none."""

    domain: str
    path: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, text: str, *, written: str = "") -> Self:
        """Read one. Raises Refused, naming it as it is `written` when that is another text."""
        origin = f" (written `{written}`)" if written not in {"", text} else ""
        if not text:
            raise Refused(f"the name of the image is empty{origin}")
        rest, _, digest = text.partition("@")
        head, colon, tag = rest.rpartition(":")
        if not colon or "/" in tag:
            head, tag, colon = rest, "", ""
        domain, path = _split_domain(head)
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


def _split_domain(name: str) -> tuple[str, str]:
    """Split `host/path`: the first part is a host if it has a dot or a port, or is localhost."""
    first, slash, path = name.partition("/")
    is_domain = slash and ("." in first or ":" in first or first == "localhost" or first != first.lower())
    domain, path = (first, path) if is_domain else ("", name)
    if domain in {"docker.io", "index.docker.io"}:
        domain = ""
    return domain, path if domain else path.removeprefix("library/")

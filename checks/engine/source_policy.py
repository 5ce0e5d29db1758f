"""The source policy of a build: the images and URLs that BuildKit may fetch.

The daemon fetches from its own network: `ADD http://127.0.0.1/` reaches the loopback of the grading machine.
Reading the Dockerfile is not enough, since a URL may come from a variable or an ONBUILD of the base image. BuildKit
itself applies the policy before each fetch.
"""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from checks.engine.standins.names import read_name

VARIABLE = "EXPERIMENTAL_BUILDKIT_SOURCE_POLICY"  # read by `docker buildx build`
DENIED = "denied by policy"  # BuildKit's words
_REMOTE = ("http://*", "https://*", "git://*", "oci-layout://*")
_IMAGES = "docker-image://*"


def write_policy(file: Path, images: Collection[str] | None, urls: Collection[str]) -> Mapping[str, str]:
    """Write the policy to `file`; return the environment variable that names it.

    `images`: the images that FROM and COPY may name, None for any. `urls`: the prefixes of the URLs that ADD may
    fetch. The last rule that matches a source decides.
    """
    denied = [*_REMOTE, *([] if images is None else [_IMAGES])]
    allowed = [f"{url}*" for url in urls] + [name for image in images or () for name in _names(image)]
    rules = [_rule("DENY", name) for name in denied] + [_rule("ALLOW", name) for name in allowed]
    file.write_text(json.dumps({"rules": rules}))
    return {VARIABLE: str(file)}


def _names(image: str) -> tuple[str, str]:
    """Return the patterns for any tag and any digest: BuildKit checks again after it has resolved the tag."""
    name = read_name(image)
    repository = f"docker-image://{name.registry}/{name.path}"
    return f"{repository}:*", f"{repository}@*"


def _rule(action: str, identifier: str) -> Mapping[str, Any]:
    return {"action": action, "selector": {"identifier": identifier}}

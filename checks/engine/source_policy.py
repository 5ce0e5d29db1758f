"""What a build may fetch, told to BuildKit itself, which asks before it fetches anything (its source policy).

The daemon fetches in the network of the machine it runs on: for `ADD http://127.0.0.1/`, that is the machine's
own loopback. A Dockerfile can be read before the build, but a URL may hide in a variable of the base image or in
an ONBUILD of it. So whatever the file is taken for, BuildKit fetches only what is named here.
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
    """Write it to `file`; returns the variable that names it.

    `images`: those that a build may start or copy from, None for any. `urls`: what a URL that ADD may fetch
    begins with. Of the rules that fit a source, the last one counts.
    """
    denied = [*_REMOTE, *([] if images is None else [_IMAGES])]
    allowed = [f"{url}*" for url in urls] + [name for image in images or () for name in _names(image)]
    rules = [_rule("DENY", name) for name in denied] + [_rule("ALLOW", name) for name in allowed]
    file.write_text(json.dumps({"rules": rules}))
    return {VARIABLE: str(file)}


def _names(image: str) -> tuple[str, str]:
    """With a tag, and with a digest: BuildKit asks again when it has found out the digest of a tag."""
    name = read_name(image)
    repository = f"docker-image://{name.registry}/{name.path}"
    return f"{repository}:*", f"{repository}@*"


def _rule(action: str, identifier: str) -> Mapping[str, Any]:
    return {"action": action, "selector": {"identifier": identifier}}

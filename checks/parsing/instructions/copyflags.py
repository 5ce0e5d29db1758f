"""What the flags of COPY and ADD may say, and which sources are none of a folder."""

import re
from typing import TYPE_CHECKING

from checks.parsing.problems import RefusedInUse
from checks.parsing.syntax import shortened

if TYPE_CHECKING:
    from checks.parsing.context import Context

STRICT_MODES = 28  # the engine from which on a mode is looked at before the build
_HTTP = re.compile(r"https?://")
_GIT = re.compile(r"(?:git|ssh)://|git@[\w.-]+:|github\.com/[^/]+/[^/]+", re.ASCII)
_OCTAL = re.compile(r"[0-7]{1,20}", re.ASCII)
MOST_MODE = 0o7777
_SYMBOLIC = re.compile(
    r"[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+(?:,[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+)*", re.ASCII
)
_DIGEST = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+", re.ASCII)
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_OWNER_PARTS = 2  # user:group


def is_remote(source: str) -> bool:
    """Whether it is fetched: a URL, or a git repository."""
    return _HTTP.match(source) is not None or _GIT.match(source) is not None


def check_flags_of_copy(context: "Context") -> None:
    """Raise Refused for an owner or a mode that can be none."""
    owner, mode = context.expanded_flag("chown"), context.expanded_flag("chmod")
    if owner and owner.count(":") >= _OWNER_PARTS:
        raise RefusedInUse(f"--chown is user:group, not `{shortened(owner)}`")
    if mode and not (_is_octal(mode) or _SYMBOLIC.fullmatch(mode)):
        context.refused_since(
            STRICT_MODES, f"--chmod is an octal number such as 644, not `{shortened(mode)}`"
        )


def _is_octal(mode: str) -> bool:
    return _OCTAL.fullmatch(mode) is not None and int(mode, 8) <= MOST_MODE


def check_checksum(text: str, source: str) -> None:
    """Raise Refused for a checksum that nothing can have, or of what is not fetched."""
    if not is_remote(source):
        raise RefusedInUse(
            f"--checksum is for what is fetched, and `{shortened(source)}` comes from the folder"
        )
    if not _SHA256.fullmatch(text) and not _GIT.match(source):
        raise RefusedInUse(f"--checksum is sha256: and 64 digits, not `{shortened(text)}`")

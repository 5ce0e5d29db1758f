"""Sources of ADD that the build fetches: URLs, and repositories of git.

In capitals, the scheme of a URL makes it a path, and a repository is cloned all the same (asked of BuildKit 0.25:
`HTTP://a/x`, `HTTP://a/x.git`). `github.com/a/b`, which `docker build` takes for a repository, is a path for ADD.
"""

import re
from urllib.parse import unquote, urlsplit

_HTTP = re.compile(r"https?://")
_GIT = re.compile(r"(?i:git|ssh)://|[\w-]+@[a-zA-Z\d.-]+:", re.ASCII)
# Whatever any version of BuildKit might fetch: no path in a build context looks so.
_PERHAPS = re.compile(r"[a-z][a-z0-9+.-]*://|[\w.-]+@[\w.-]+:", re.IGNORECASE | re.ASCII)


def is_remote(source: str) -> bool:
    """Whether the build fetches this source."""
    return _HTTP.match(source) is not None or is_repository(source)


def is_repository(source: str) -> bool:
    """Whether the build clones this source."""
    try:
        parts = urlsplit(source)
    except ValueError:
        return False
    is_web = parts.scheme in {"http", "https"} and unquote(parts.path).endswith(".git")
    return is_web or _GIT.match(source) is not None


def may_be_remote(source: str) -> bool:
    """Whether some BuildKit may fetch it; so may a URL behind a variable that only the base image sets."""
    return _PERHAPS.match(source) is not None or ("$" in source and _PERHAPS.search(source) is not None)

"""Poetry wants facts about packages as JSON; where the index has none, a plugin reads its pages."""

import json
import urllib.error
import urllib.request
from typing import Final

ANSWER_LIMIT_S: Final = 10.0
PROBED: Final = "pip"


def mirror_for_poetry(index: str) -> str:
    """`index` where Poetry needs the plugin to use it, else nothing."""
    if not index.startswith(("http://", "https://")):
        return ""
    root = index.rstrip("/").removesuffix("/simple")
    return "" if _is_json(f"{root}/pypi/{PROBED}/json") else index


def _is_json(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_LIMIT_S) as response:  # noqa: S310 - http, checked above
            return "info" in json.load(response)
    except (urllib.error.URLError, OSError, ValueError):
        return False

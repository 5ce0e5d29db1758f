"""Poetry wants facts about packages as JSON; where the index has none, a plugin reads its pages."""

import json
import urllib.error
import urllib.request
from typing import Final

ANSWER_LIMIT_S: Final = 10.0
SIMPLE_JSON: Final = "application/vnd.pypi.simple.v1+json"  # PEP 691
# The two questions that Poetry asks of any package, on one that is always there, and what an answer holds.
QUESTIONS: Final = (("simple/pip/", "files"), ("pypi/pip/24.0/json", "info"))


def mirror_for_poetry(index: str) -> str:
    """`index` where Poetry needs the plugin to use it, else nothing."""
    if not index.startswith(("http://", "https://")):
        return ""
    root = index.rstrip("/").removesuffix("/simple")
    return "" if all(_answers(f"{root}/{path}", key) for path, key in QUESTIONS) else index


def _answers(url: str, key: str) -> bool:
    request = urllib.request.Request(url, headers={"Accept": SIMPLE_JSON})  # noqa: S310 - http, checked above
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_LIMIT_S) as response:  # noqa: S310 - as above
            return key in json.load(response)
    except (urllib.error.URLError, OSError, ValueError):
        return False

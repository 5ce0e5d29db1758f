"""Assertions about a published image: under which tags it is, and that they are the same image."""

from collections.abc import Mapping

from checks.outcomes import CheckFailed
from checks.sanitize import sanitize_line

LATEST = "latest"
HELP = '`tags: ["{version}", latest]`: one tag that never moves, and one that people find first.'


def published_twice(digests: Mapping[str, str | None], version: str, file: str) -> None:
    """Assert that the version's tag and `latest` are in the registry, and point to one manifest."""
    for tag in (version, LATEST):
        if not digests.get(tag):
            listed = ", ".join(f"`{sanitize_line(other)}`" for other in digests) or "none at all"
            expected = f"the tag `{tag}`" + ("" if tag == LATEST else ", the VERSION of this build")
            raise CheckFailed(expected, f"the tags are {listed}", HELP, file=file)
    if digests[version] != digests[LATEST]:
        actual = f"{digests[version]} and {digests[LATEST]}"
        raise CheckFailed("one digest for both tags", actual, HELP, file=file)

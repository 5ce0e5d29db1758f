"""Commands for the course as its author wrote it: its mistakes, tests and READMEs are of no other edition."""

import os
import sys

from checks.edition import VARIABLE


def is_refused(command: str) -> bool:
    """Print why the command does nothing, where an edition is asked for, and return whether one is.

    An edition has solutions and starters, which the tests grade. The overlays with mistakes, and what is generated
    into the clone, are written in the author's own words and versions.
    """
    edition = os.environ.get(VARIABLE, "")
    if edition:
        said = (
            f"{VARIABLE} is {edition!a}, and this is for the course as its author wrote it: unset {VARIABLE}"
        )
        print(f"checks {command}: {said}", file=sys.stderr)
    return bool(edition)

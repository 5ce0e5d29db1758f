"""The names that learning platforms give to a downloaded submission, and the number of the person in them.

What the platform writes comes first and counts; what the student has chosen follows, and may imitate it.
`lovelaceada_LATE_1001_98765_work.zip` is of Canvas, `Ada Lovelace_123_assignsubmission_file_` of Moodle (around the
student's file or before its name).
"""

import re

_CANVAS = re.compile(r"[^_]+_(?:LATE_)?(?P<number>\d+)_\d+(?:_|$)", re.IGNORECASE)
_MOODLE = re.compile(r".*?_(?P<number>\d+)_assignsubmission(?:_|$)", re.IGNORECASE | re.DOTALL)


def canvas_number(name: str) -> str:
    """Return the number of a person in a name by Canvas; empty if there is none."""
    return _number(_CANVAS, name)


def moodle_number(name: str) -> str:
    """Return the number of a participant in a name by Moodle; empty if there is none."""
    return _number(_MOODLE, name)


def _number(pattern: re.Pattern[str], name: str) -> str:
    match = pattern.match(name)
    return match["number"] if match else ""

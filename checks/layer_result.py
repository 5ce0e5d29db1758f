"""What a grading measured of one layer of an image: which line made it, how large it is, whether a cache had it.

Reports show it beside the student's Dockerfile; no check is judged by it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LayerResult:
    """A layer of an image that was built for a check, of `bytes` of file contents.

    `file` is its Dockerfile, relative to the submission, `line` the instruction's; the layers of the base are one,
    without a line. `reused`: whether a build after an edit of the source had it from the cache; None if not tried.
    """

    file: str
    line: int | None
    bytes: int
    reused: bool | None = None

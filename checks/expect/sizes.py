"""Assertions about the size of an image, compared with another one."""

from checks.evidence.image.figures import MEGA
from checks.outcomes import CheckFailed


def leaner(own_bytes: int, other_bytes: int, most_percent: float, other: str) -> None:
    """Assert that the bytes an image adds to its base are at most this share of those that `other` adds."""
    most = other_bytes * most_percent / 100
    if own_bytes > most:
        raise CheckFailed(
            f"at most {most_percent:g} % of the {megabytes(other_bytes)} that {other} adds to its base: "
            f"{megabytes(int(most))}",
            f"{megabytes(own_bytes)}, which is {own_bytes / max(other_bytes, 1):.0%}",
            "Look at the largest layer in dive: what is in there that the service does not need to run?",
        )


def lighter(size: int, other: int, most_percent: float) -> None:
    """Assert that an image has at most this share of the size of the naive image, both with their bases."""
    if size > other * most_percent / 100:
        raise CheckFailed(
            f"at most {most_percent:g} % of the {megabytes(other)} of the naive image",
            f"{megabytes(size)}, which is {size / max(other, 1):.0%}",
            "Look at the largest layer in dive: what is in there that the service does not need to run?",
        )


def megabytes(size: int) -> str:
    """Return a size as a person reads it."""
    return f"{size / MEGA:.1f} MB"

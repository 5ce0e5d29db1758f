"""One HTTP answer of a student's service."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """Its status, and its body as far as the limits of the one who asked allowed."""

    status: int
    body: bytes

    @property
    def text(self) -> str:
        """The body, whatever its bytes."""
        return self.body.decode("utf-8", errors="replace")

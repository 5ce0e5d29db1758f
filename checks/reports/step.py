"""One step of the work, and a display of the steps under way: what progress and its displays share."""

from dataclasses import dataclass, field
from threading import get_ident
from time import monotonic
from typing import Protocol


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """Something that takes a while; it knows the thread that does it."""

    text: str
    began: float = field(default_factory=monotonic)
    thread: int = field(default_factory=get_ident)

    @property
    def seconds(self) -> int:
        """Whole wall seconds since it began."""
        return int(monotonic() - self.began)


class Display(Protocol):
    """Where progress is seen; `steps` are those under way, the newest last."""

    def begin(self, steps: tuple[Step, ...]) -> None:
        """The last of the steps has begun."""

    def end(self, step: Step, steps: tuple[Step, ...], outcome: str) -> None:
        """A step has ended, in so many words; the others go on."""

    def say(self, step: Step, text: str) -> None:
        """A step under way has come so far."""

    def note(self, text: str) -> None:
        """Something is worth a line of its own."""

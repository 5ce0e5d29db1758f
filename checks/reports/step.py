"""Steps of the work, and the protocol of displays that show them."""

from dataclasses import dataclass, field
from threading import get_ident
from time import monotonic
from typing import Protocol


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A piece of work, with its start time and the thread that does it."""

    text: str
    began: float = field(default_factory=monotonic)
    thread: int = field(default_factory=get_ident)

    @property
    def seconds(self) -> int:
        """Whole wall-clock seconds since the step began."""
        return int(monotonic() - self.began)


class Display(Protocol):
    """A display of progress; `steps` are the running steps, the newest last."""

    def begin(self, steps: tuple[Step, ...]) -> None:
        """Show that the last of the steps has begun."""

    def end(self, step: Step, steps: tuple[Step, ...], outcome: str) -> None:
        """Show that a step has ended with this outcome; `steps` are still running."""

    def say(self, step: Step, text: str) -> None:
        """Show the progress of a running step."""

    def note(self, text: str) -> None:
        """Show a line permanently."""

"""Progress on a terminal: one line that ticks, and disappears when the work is done."""

from typing import TextIO

from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from checks.reports.page import encodable, open_console
from checks.reports.step import Step

TICKS_PER_SECOND = 8


class LiveLine:
    """The newest step with the steps around it; rich's own thread redraws it."""

    def __init__(self, stream: TextIO) -> None:
        self._console = open_console(stream)
        self._spinner = Spinner("line" if self._console.options.ascii_only else "dots")
        self._steps: tuple[Step, ...] = ()
        self._said: dict[Step, str] = {}
        self._live: Live | None = None

    def begin(self, steps: tuple[Step, ...]) -> None:
        """Show or update the line."""
        self._steps = steps
        if self._live is None:
            self._live = self._open()
            self._live.start()

    def end(self, step: Step, steps: tuple[Step, ...], outcome: str) -> None:
        """Show the remaining steps; after the last step erase the line and restore the cursor."""
        del outcome
        self._said.pop(step, None)
        if steps:
            self._steps = steps
        elif self._live is not None:
            live, self._live = self._live, None
            live.stop()

    def say(self, step: Step, text: str) -> None:
        """Show the progress of a step after its name, until the next call."""
        self._said[step] = text

    def note(self, text: str) -> None:
        """Print a line above the live one."""
        self._console.print(Text(encodable(text, self._console.encoding)))

    def __rich__(self) -> Text:
        """Return the current line."""
        newest = self._steps[-1]
        chain = [self._named(step) for step in self._steps if step.thread == newest.thread]
        others = len(self._steps) - len(chain)
        doing = encodable(" > ".join(chain), self._console.encoding)
        # The seconds come first, so that they stay visible when a long line is cut at its end.
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append_text(self._frame()).append(f" {newest.seconds:>3} s  ", style="dim").append(doing)
        return text.append(f"  and {others} more" if others else "", style="dim")

    def _named(self, step: Step) -> str:
        said = self._said.get(step)
        return f"{step.text} ({said})" if said else step.text

    def _frame(self) -> Text:
        frame = self._spinner.render(self._console.get_time())
        return frame if isinstance(frame, Text) else Text()

    def _open(self) -> Live:
        return Live(
            self,
            console=self._console,
            refresh_per_second=TICKS_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

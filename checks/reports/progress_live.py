"""Progress on a terminal: one line that ticks, and is gone when the work is done."""

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
        """Show the line, or change it."""
        self._steps = steps
        if self._live is None:
            self._live = self._open()
            self._live.start()

    def end(self, step: Step, steps: tuple[Step, ...], outcome: str) -> None:
        """Go back to what goes on; after the last step wipe the line and give the cursor back."""
        del outcome
        self._said.pop(step, None)
        if steps:
            self._steps = steps
        elif self._live is not None:
            live, self._live = self._live, None
            live.stop()

    def say(self, step: Step, text: str) -> None:
        """Show how far it has come, behind its name, until it says something else."""
        self._said[step] = text

    def note(self, text: str) -> None:
        """Print a line above the live one."""
        self._console.print(Text(encodable(text, self._console.encoding)))

    def __rich__(self) -> Text:
        """Return the line as it is now."""
        newest = self._steps[-1]
        chain = [self._named(step) for step in self._steps if step.thread == newest.thread]
        others = len(self._steps) - len(chain)
        doing = encodable(" > ".join(chain), self._console.encoding)
        # The seconds stand first: a long line is cut at its end, and must still be seen to tick.
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

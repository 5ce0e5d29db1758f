"""Print an explanation: each line with what it does, what it costs, and what makes it anew."""

from collections.abc import Sequence

from rich.cells import cell_len, chop_cells
from rich.text import Text

from checks.evidence.image.figures import in_units
from checks.loop.explanation import Explanation, Weight
from checks.loop.notes import costs_of_edits, in_force, listed, notes_on_base, told_lines
from checks.reports.class_page.annotated import Note
from checks.reports.page import Page
from checks.reports.values import print_value

HANG = 10
MOST_PATHS = 5  # of what is gone of one layer; the rest is counted
REUSE = "The next build reuses all lines above the first that has changed"


def print_explanation(page: Page, explained: Explanation, weights: Sequence[Weight], why: str = "") -> None:
    """Print it; `weights` has the base and then each layer, or nothing, and `why` says why not."""
    stage = explained.stage
    page.print("")
    page.print(page.line(explained.name, "bold"), page.line(f"  {why}", "dim"))
    _print_head(page, stage.ancestry[0].line, f"FROM {stage.root_base}", weights[0] if weights else None)
    _print_notes(page, notes_on_base(weights))
    for told in told_lines(explained, weights):
        entry = told.line.instruction
        _print_head(page, entry.line, str(entry), told.weight)
        _print_notes(page, told.notes)
        if told.line.edits:
            _print_row(page, "", f"made anew, with all below, by an edit of {listed(told.line.edits)}")
    _print_title(page, "In every container")
    for label, text in in_force(stage.state):
        _print_row(page, label, text)
    _print_title(page, REUSE)
    for text in costs_of_edits(explained, weights):
        _print_row(page, "edit", text)


def _print_notes(page: Page, notes: Sequence[Note]) -> None:
    for note in notes:
        _print_row(page, "", f"{note.text}:" if note.items else note.text)
        for size, fate, path in note.items[:MOST_PATHS]:
            _print_path(page, f"{in_units(size):>9}  {fate}  ", path)
        if (more := len(note.items) - MOST_PATHS) > 0:
            _print_row(page, "", f"and {more} {'file' if more == 1 else 'files'} more")


def _print_path(page: Page, head: str, path: str) -> None:
    """Print a path; of a long one the beginning and the end, since that has the file's name."""
    shown, room = page.line(path).plain, page.width - HANG - len(head)
    if cell_len(shown) > room:
        half = (room - len(page.glyphs.ellipsis)) // 2
        shown = chop_cells(shown, half)[0] + page.glyphs.ellipsis + chop_cells(shown[::-1], half)[0][::-1]
    page.print(" " * HANG, head, Text(shown))


def _print_head(page: Page, number: int, text: str, weight: Weight | None) -> None:
    figures = f"{in_units(weight.size):>9} {weight.share:6.1%}" if weight else ""
    room = max(20, page.width - HANG - len(figures) - 2)
    shown, note = page.cut(" ".join(text.split()), room)
    place = f"line {number}".ljust(HANG)
    page.print("")
    page.print(
        Text(place, "cyan"),
        Text(shown, "bold"),
        Text(note, "dim"),
        " " * max(2, room - len(shown + note)),
        figures,
    )


def _print_title(page: Page, text: str) -> None:
    page.print("")
    page.print(Text(text, style="bold"))


def _print_row(page: Page, label: str, text: str) -> None:
    print_value(page, label, text, hang=HANG)

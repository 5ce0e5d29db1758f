"""Print an explanation: each line with what it does, what it costs, and what makes it anew."""

from collections.abc import Sequence
from itertools import groupby

from rich.text import Text

from checks.loop.explanation import Explanation, Line, Weight
from checks.parsing.dockerfile.state import State
from checks.reports.page import Page
from checks.reports.values import print_value

HANG = 10
KILO = 1000
MOST_PATHS = 5  # of what is gone of one layer; the rest is counted
MOST_FILES = 6  # that make a line anew; the rest is counted
DOES = {
    "RUN": "runs, and what it changes is a layer",
    "COPY": "copies; what it brings is a layer",
    "ADD": "copies, unpacks or fetches; what it brings is a layer",
    "WORKDIR": "the folder for all that follows; a layer that may make it",
    "ENV": "a variable for the lines below and for every container",
    "ARG": "a variable for the lines below, and for no container",
    "EXPOSE": "a note about a port; nothing is opened",
    "ENTRYPOINT": "the program that a container starts",
    "CMD": "what a container starts, or the arguments of its ENTRYPOINT",
    "USER": "who runs the lines below, and the container",
    "LABEL": "a note in the image's configuration",
    "HEALTHCHECK": "a command that tells whether a container works",
    "VOLUME": "a folder that each container gets for itself",
    "SHELL": "what runs the shell form below",
    "STOPSIGNAL": "the signal that ends a container",
    "ONBUILD": "an instruction for images that are built on this one",
}


def print_explanation(page: Page, explained: Explanation, weights: Sequence[Weight], why: str = "") -> None:
    """Print it; `weights` has the base and then each layer, or nothing, and `why` says why not."""
    stage = explained.stage
    page.print("")
    page.print(page.line(explained.name, "bold"), page.line(f"  {why}", "dim"))
    by_line = dict(zip(map(id, explained.layers), weights[1:], strict=False))
    base = f"FROM {stage.root_base}"
    _print_head(page, stage.ancestry[0].line, base, weights[0] if weights else None)
    _print_row(page, "", "the base: its layers, variables, user and command are the beginning")
    before = State()
    for line in explained.lines:
        _print_line(page, line, by_line.get(id(line)), before)
        before = line.instruction.state
    _print_in_force(page, stage.state)
    _print_edits(page, explained, by_line)


def _print_line(page: Page, line: Line, weight: Weight | None, before: State) -> None:
    entry = line.instruction
    _print_head(page, entry.line, str(entry), weight)
    _print_row(page, "", DOES.get(entry.keyword, "a setting of the image"))
    if line.is_layer and (now := _as_whom(entry.state)) != _as_whom(before):
        _print_row(page, "", now)
    if weight and weight.gone:
        _print_gone(page, weight)
    if line.edits:
        _print_row(page, "", f"made anew, with all below, by an edit of {_listed(line.edits)}")


def _print_gone(page: Page, weight: Weight) -> None:
    total = sum(gone.size for gone in weight.gone)
    _print_row(page, "", f"{_bytes(total)} of it are gone for containers, and still in the image:")
    for gone in weight.gone[:MOST_PATHS]:
        row = f"{_bytes(gone.size):>9}  {gone.fate} by line {gone.line}  {gone.path}"
        shown, note = page.cut(row, page.width - HANG)
        page.print(" " * HANG, Text(shown), Text(note, "dim"))
    if (rest := len(weight.gone) - MOST_PATHS) > 0:
        _print_row(page, "", f"and {rest} {'file' if rest == 1 else 'files'} more")


def _print_head(page: Page, number: int, text: str, weight: Weight | None) -> None:
    figures = f"{_bytes(weight.size):>9} {weight.share:6.1%}" if weight else ""
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


def _print_row(page: Page, label: str, text: str) -> None:
    print_value(page, label, text, hang=HANG)


def _as_whom(state: State) -> str:
    """Return what is in force for a command: the user, the folder, the names of variables."""
    names = list(dict.fromkeys([*state.environment, *state.arguments]))
    user = state.user.value if state.user else "the base's user"
    return f"as {user} in {state.directory}" + (f", with {', '.join(names)}" if names else "")


def _print_in_force(page: Page, state: State) -> None:
    """Print what every container of the image starts with."""
    page.print("")
    page.print(Text("In every container", style="bold"))
    values = {
        "user": state.user.value if state.user else "the base's",
        "folder": state.workdir.value if state.workdir else "the base's",
        "runs": " ".join(str(entry) for entry in (state.entrypoint, state.cmd) if entry)
        or "the base's command",
        "ports": ", ".join(state.ports) or "none is noted",
    }
    for label, text in values.items():
        _print_row(page, label, text)
    for name, value in state.environment.items():
        _print_row(page, "sets", f"{name}={value}")


def _print_edits(page: Page, explained: Explanation, by_line: dict[int, Weight]) -> None:
    """Print what the next build reuses, by the files that may have been edited since."""
    page.print("")
    page.print(Text("The next build reuses all lines above the first that has changed", style="bold"))
    for index, line in enumerate(explained.lines):
        if line.edits:
            below = [other for other in explained.lines[index:] if other.is_layer]
            size = sum(by_line[id(other)].size for other in below if id(other) in by_line)
            cost = f", {_bytes(size)}" if by_line else ""
            layers = f"{len(below)} {'layer' if len(below) == 1 else 'layers'}"
            text = f"{_listed(line.edits)}: from line {line.instruction.line} on, {layers}{cost}"
            _print_row(page, "edit", text)
    if explained.unused:
        _print_row(page, "edit", f"{_listed(explained.unused)}: nothing, since no line takes it")
    if explained.passed_over:
        _print_row(
            page,
            "edit",
            f"more files: {explained.passed_over:,}, not looked for since the folder has so many",
        )


def _listed(files: Sequence[str]) -> str:
    """Return names of files, those of one folder together: `app/ (3 files), requirements.txt`."""
    shown = list[str]()
    for folder, inner in groupby(sorted(files), lambda file: file.partition("/")[0] if "/" in file else ""):
        names = list(inner)
        shown += names if not folder or len(names) == 1 else [f"{folder}/ ({len(names)} files)"]
    rest = f" and {len(shown) - MOST_FILES} more" if len(shown) > MOST_FILES else ""
    return ", ".join(shown[:MOST_FILES]) + rest


def _bytes(size: float) -> str:
    """Return a size in units of 1000, as dive shows it."""
    if size < KILO:
        return f"{size:.0f} B"
    return f"{size / KILO:.1f} kB" if size < KILO**2 else f"{size / KILO**2:.1f} MB"

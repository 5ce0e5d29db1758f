"""The words of an explanation, for terminal and page: notes on a line, what is in force, what each edit costs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from checks.evidence.image.figures import in_units
from checks.loop.explanation import Explanation, Line, Weight
from checks.parsing.dockerfile.instructions import Env, Instruction, Invalid
from checks.parsing.dockerfile.state import State, of_kind
from checks.parsing.text.expansion import unset_in
from checks.reports.class_page.annotated import Note

MOST_FILES = 6  # that make a line anew; the rest is counted
BASE = "the base: its layers, variables, user and command are the beginning"
REFUSED = "Docker refuses this line, and builds nothing"
ELSEWHERE = "a stage of its own: its layers are not in the image, which has what COPY --from takes of it"
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


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line with its notes; `weight` is that of its layer, None if it makes none or none was weighed.

    `after` has the files whose edit makes it anew: its own, and those of the lines above.
    """

    line: Line
    weight: Weight | None
    notes: Sequence[Note]
    after: Sequence[str]


def told_lines(explained: Explanation, weights: Sequence[Weight]) -> Iterator[ToldLine]:
    """Yield the lines in build order; `weights` has the base and then each layer, or nothing."""
    by_line = dict(zip(map(id, explained.layers), weights[1:], strict=False))
    told, after = _as_whom(State()), list[str]()
    for line in explained.lines:
        weight = by_line.get(id(line))
        as_whom = _as_whom(line.instruction.state) if line.is_layer else told
        after += line.edits
        yield ToldLine(
            line,
            weight,
            tuple(_notes(line, weight, explained.stage.state, as_whom if as_whom != told else "")),
            tuple(after),
        )
        told = as_whom


def notes_on_base(weights: Sequence[Weight]) -> Sequence[Note]:
    """Return what the base is, and what of it later lines deleted or replaced."""
    return (Note(BASE), *(_gone(weights[0]) if weights else ()))


def _notes(line: Line, weight: Weight | None, end: State, as_whom: str) -> Iterator[Note]:
    entry = line.instruction
    idle = ", without effect: a later line replaces it" if _is_replaced(entry, end) else ""
    does = DOES.get(entry.keyword, "a setting of the image")
    yield Note(REFUSED if isinstance(entry, Invalid) else does + idle)
    if as_whom:
        yield Note(as_whom)
    if weight:
        yield from _gone(weight)


def _is_replaced(entry: Instruction, end: State) -> bool:
    """Whether it is one of those that count once, and another one counts."""
    last = {"CMD": end.cmd, "ENTRYPOINT": end.entrypoint, "HEALTHCHECK": end.healthcheck}
    return entry.keyword in last and last[entry.keyword] is not entry


def _gone(weight: Weight) -> Iterator[Note]:
    if weight.gone:
        total = sum(gone.size for gone in weight.gone)
        items = tuple((gone.size, f"{gone.fate} by line {gone.line}", gone.path) for gone in weight.gone)
        yield Note(f"{in_units(total)} of it are gone for containers, and still in the image", items)


def _as_whom(state: State) -> str:
    """Return what is in force for a command: the user, the folder, the names of variables."""
    names = list(dict.fromkeys([*state.environment, *state.arguments]))
    user = state.user.value if state.user else "the base's user"
    return f"as {user} in {state.directory}" + (f", with {', '.join(names)}" if names else "")


def in_force(state: State) -> Iterator[tuple[str, str]]:
    """Yield what every container of the image starts with, each with its label."""
    yield "user", state.user.value if state.user else "the base's"
    yield "folder", state.workdir.value if state.workdir else "the base's"
    runs = " ".join(str(entry) for entry in (state.entrypoint, state.cmd) if entry)
    yield "runs", runs or "the base's command"
    yield "ports", ", ".join(state.ports) or "none is noted"
    for name, value in state.environment.items():
        yield "sets", f"{name}={value}" + (f" and the base's ${name}" if _adds_to_base(state, name) else "")


def _adds_to_base(state: State, name: str) -> bool:
    """Whether an ENV takes the variable's own value, which is the base's where no line has set it before."""
    setting = state.environment.setting(name)
    entry = of_kind(setting.instruction, Env) if setting else None
    return entry is not None and name in unset_in(
        entry.value, {*entry.state.environment, *entry.state.arguments}
    )


def costs_of_edits(explained: Explanation, weights: Sequence[Weight]) -> Iterator[str]:
    """Yield what the next build makes anew, by the files that may have been edited since."""
    by_line = dict(zip(map(id, explained.layers), weights[1:], strict=False))
    for index, line in enumerate(explained.lines):
        if line.edits:
            below = [other for other in explained.lines[index:] if other.is_layer]
            yield f"{listed(line.edits)}: from line {line.instruction.line} on, {_cost(below, by_line)}"
    if explained.unused:
        yield f"{listed(explained.unused)}: nothing, since no line takes it"
    if explained.passed_over:
        yield f"more files: {explained.passed_over:,}, not looked for since the folder has so many"


def _cost(layers: Sequence[Line], by_line: Mapping[int, Weight]) -> str:
    size = sum(by_line[id(layer)].size for layer in layers if id(layer) in by_line)
    counted = f"{len(layers)} {'layer' if len(layers) == 1 else 'layers'}"
    return f"{counted}, {in_units(size)}" if by_line else counted


def listed(files: Sequence[str]) -> str:
    """Return names of files, those of one folder together: `app/ (3 files), requirements.txt`."""
    shown = list[str]()
    for folder, inner in groupby(sorted(files), lambda file: file.partition("/")[0] if "/" in file else ""):
        names = list(inner)
        shown += names if not folder or len(names) == 1 else [f"{folder}/ ({len(names)} files)"]
    rest = f" and {len(shown) - MOST_FILES} more" if len(shown) > MOST_FILES else ""
    return ", ".join(shown[:MOST_FILES]) + rest

"""A student's files with notes beside their lines: the size of a line's layer, its cache verdict, its findings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from checks.layer_result import LayerResult
from checks.outcomes import CheckResult, LabResult
from checks.reports.formats.format import Lines

BAR = 100
"""Units of the longest bar."""
MOST_LINES = 400
"""Lines of a file that are shown."""
LONGEST_LINE = 400
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about a line, and what it sums up: bytes, what became of them, and the path that had them."""

    text: str
    items: Sequence[tuple[int, str, str]] = ()


@dataclass(frozen=True, slots=True)
class Remarks:
    """What an explanation adds to a file.

    `why` tells what it lacks, and why. `below` has notes by the line that they stand below. `again` says
    by line what makes its layer anew. `in_force` is what a container starts with, `edits` what each edit costs:
    both as labels with their values.
    """

    why: str = ""
    below: Mapping[int, Sequence[Note]] = field(default_factory=dict)
    again: Mapping[int, str] = field(default_factory=dict)
    in_force: Sequence[tuple[str, str]] = ()
    edits: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class AnnotatedLine:
    """One line; `bar` is its layer's share of the student's largest one, `share` that of the image (0 to 1).

    `again` says whether the layer is made anew, or what makes it so.
    """

    number: int
    text: str
    layer: LayerResult | None
    bar: float
    share: float
    again: str
    findings: Sequence[CheckResult]


@dataclass(frozen=True, slots=True)
class AnnotatedFile:
    """One file; `left_out` lines at its end are not shown, `base` is what lies below the first line's layer."""

    name: str
    lines: Sequence[AnnotatedLine]
    left_out: int
    base: LayerResult | None
    base_share: float
    remarks: Remarks | None


def annotated(
    lab: LabResult, names: Sequence[str], lines: Lines, remarks: Mapping[str, Remarks] | None = None
) -> Iterator[AnnotatedFile]:
    """Yield those of the files that there are, and any other file that a failed check names a line of.

    `remarks` are by the file's name.
    """
    failed = [check for check in lab.checks if check.costs_points]
    named = [check.file for check in failed if check.file is not None and check.line is not None]
    for name in dict.fromkeys([*names, *named]):
        if (text := lines(name)) is not None:
            layers = [layer for layer in lab.layers if layer.file == name]
            said = (remarks or {}).get(name)
            yield _file(
                name, _without_end(text), layers, [check for check in failed if check.file == name], said
            )


def _file(
    name: str,
    text: Sequence[str],
    layers: Sequence[LayerResult],
    failed: Sequence[CheckResult],
    remarks: Remarks | None,
) -> AnnotatedFile:
    by_line = {layer.line: layer for layer in layers}
    most = max((layer.bytes for layer in layers if layer.line is not None), default=0) or 1
    total = sum(layer.bytes for layer in layers) or 1
    again = remarks.again if remarks else {layer.line: _verdict(layer) for layer in layers}
    shown = [
        AnnotatedLine(
            number,
            cut_line(line),
            layer := by_line.get(number),
            BAR * layer.bytes / most if layer else 0.0,
            layer.bytes / total if layer else 0.0,
            again.get(number, ""),
            [check for check in failed if check.line == number],
        )
        for number, line in enumerate(text[:MOST_LINES], start=1)
    ]
    base = by_line.get(None)
    left_out = max(0, len(text) - MOST_LINES)
    return AnnotatedFile(name, shown, left_out, base, base.bytes / total if base else 0.0, remarks)


def _verdict(layer: LayerResult) -> str:
    """Return what an edit of the source did to the layer; empty where that was not tried."""
    return {True: "reused", False: "runs again", None: ""}[layer.reused]


def cut_line(line: str) -> str:
    """Return a line as it is shown: of a long one the beginning."""
    line = line.rstrip("\r")
    rest = len(line) - LONGEST_LINE
    return f"{line[:LONGEST_LINE]} ({rest} more characters)" if rest > 0 else line


def _without_end(text: Sequence[str]) -> Sequence[str]:
    """Return the lines without the empty one behind the last newline."""
    return text[:-1] if text and not text[-1] else text

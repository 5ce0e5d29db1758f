"""A student's files with notes beside their lines: the size of a line's layer, its cache verdict, its findings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
class AnnotatedLine:
    """One line; `bar` is its layer's share of the student's largest one."""

    number: int
    text: str
    layer: LayerResult | None
    bar: float
    findings: Sequence[CheckResult]


@dataclass(frozen=True, slots=True)
class AnnotatedFile:
    """One file; `left_out` lines at its end are not shown, `base` is what lies below the first line's layer."""

    name: str
    lines: Sequence[AnnotatedLine]
    left_out: int
    base: LayerResult | None


def annotated(lab: LabResult, names: Sequence[str], lines: Lines) -> Iterator[AnnotatedFile]:
    """Yield those of the files that there are, and any other file that a failed check names a line of."""
    failed = [check for check in lab.checks if check.costs_points]
    named = [check.file for check in failed if check.file is not None and check.line is not None]
    for name in dict.fromkeys([*names, *named]):
        if (text := lines(name)) is not None:
            layers = [layer for layer in lab.layers if layer.file == name]
            yield _file(name, _without_end(text), layers, [check for check in failed if check.file == name])


def _file(
    name: str, text: Sequence[str], layers: Sequence[LayerResult], failed: Sequence[CheckResult]
) -> AnnotatedFile:
    by_line = {layer.line: layer for layer in layers}
    most = max((layer.bytes for layer in layers if layer.line is not None), default=0) or 1
    shown = [
        AnnotatedLine(
            number,
            cut_line(line),
            layer := by_line.get(number),
            BAR * layer.bytes / most if layer else 0.0,
            [check for check in failed if check.line == number],
        )
        for number, line in enumerate(text[:MOST_LINES], start=1)
    ]
    return AnnotatedFile(name, shown, max(0, len(text) - MOST_LINES), by_line.get(None))


def cut_line(line: str) -> str:
    """Return a line as it is shown: of a long one the beginning."""
    line = line.rstrip("\r")
    rest = len(line) - LONGEST_LINE
    return f"{line[:LONGEST_LINE]} ({rest} more characters)" if rest > 0 else line


def _without_end(text: Sequence[str]) -> Sequence[str]:
    """Return the lines without the empty one behind the last newline."""
    return text[:-1] if text and not text[-1] else text

"""Charts of the class page as numbers: the bars of a histogram, the points of a scatter, in units of the drawing.

The template draws them as SVG; its attributes are numbers from here and never text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checks.evidence.image.figures import MEGA
from checks.outcomes import LabResult, Report

WIDTH, HEIGHT = 600, 160
BINS = 10
RADIUS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the histogram: submissions with a share of the points from `percent` on."""

    percent: int
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Point:
    """One image of the scatter; `student` is the number of its submission on the page."""

    student: int
    megabytes: float
    score: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Scatter:
    """The sizes of one lab's images against the points of the lab."""

    title: str
    points: Sequence[Point]
    most_megabytes: float
    max_score: int


def histogram(reports: Sequence[Report]) -> Sequence[Bar]:
    """Return the shares of the points in tenths; full marks belong to the last."""
    counts = [0] * BINS
    for report in reports:
        share = report.score / report.max_score if report.max_score else 0
        counts[min(BINS - 1, int(share * BINS))] += 1
    most, width = max(counts) or 1, WIDTH / BINS
    heights = [HEIGHT * count / most for count in counts]
    return [
        Bar(100 // BINS * at, count, at * width, HEIGHT - height, width - 4, height)
        for at, (count, height) in enumerate(zip(counts, heights, strict=True))
    ]


def scatters(reports: Sequence[Report]) -> Iterator[Scatter]:
    """Yield a scatter for each lab of which at least one image was built."""
    labs = {lab.id: lab for report in reports for lab in report.labs}
    for id, lab in labs.items():
        found = [
            (number, _megabytes(own), own)
            for number, report in enumerate(reports, start=1)
            for own in report.labs
            if own.id == id and own.layers
        ]
        if found:
            most = max(megabytes for _, megabytes, _ in found) or 1.0
            points = [_point(number, megabytes, own, most) for number, megabytes, own in found]
            yield Scatter(lab.title, points, most, lab.max_score)


def _point(number: int, megabytes: float, lab: LabResult, most: float) -> Point:
    x = RADIUS + (WIDTH - 2 * RADIUS) * megabytes / most
    y = HEIGHT - RADIUS - (HEIGHT - 2 * RADIUS) * (lab.score / lab.max_score if lab.max_score else 0)
    return Point(number, megabytes, lab.score, x, y)


def _megabytes(lab: LabResult) -> float:
    return sum(layer.bytes for layer in lab.layers) / MEGA

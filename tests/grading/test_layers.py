"""The layers of a report: what was built for a check, and which steps an edit of the source ran again."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from checks.evidence.image.built import Built
from checks.evidence.image.image import Image
from checks.evidence.image.image_config import image_config
from checks.evidence.image.layers import Contents, Layer
from checks.evidence.submission.submission import open_submission
from checks.grading.cached import cached, known
from checks.grading.engines import Engines
from checks.grading.evidence import LabEvidence, SubmissionEvidence
from checks.grading.layers import is_reused, layers_of
from checks.lab import ROOT, all_labs
from checks.reports.progress import Progress


class Counter:
    """Something with a method that is called once."""

    @cached
    def half(self, number: int) -> int:
        """Half of an even number."""
        if number % 2:
            raise ValueError(number)
        return number // 2


@pytest.mark.parametrize(("asked", "answer"), [((), None), ((4,), 2), ((3,), None)])
def test_only_what_was_returned_is_known(asked: tuple[int, ...], answer: int | None) -> None:
    counter = Counter()
    for number in asked:
        try:
            counter.half(number)
        except ValueError:
            continue
    assert [known(counter, "half", number) for number in (*asked, 8)] == [*([answer] * len(asked)), None]


@pytest.mark.parametrize(
    ("first", "again", "reused"),
    [
        ("a", [], None),
        ("a", ["a"], True),
        ("a", ["b"], False),
        ("a", ["b", "b"], True),
        ("a", ["b", "a"], True),
        ("a", ["b", "c"], False),
    ],
)
def test_a_step_ran_again_if_no_build_had_its_layer_before(
    first: str,
    again: list[str],
    reused: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    assert is_reused(first, again) == reused


class Made(LabEvidence):
    """Evidence with an image of three layers, as two builds after an edit would leave it."""

    @cached
    def built(self, name: str) -> Built:
        """The base, and two layers above it."""
        return Built(name, (), ("base", "run", "copy"), ("base",))

    @cached
    def image(self, name: str) -> Image:
        """Layers of 70, 30 and 1 bytes."""
        layers = tuple(_layer(index, size) for index, size in enumerate((70, 30, 1)))
        return Image(name, image_config({}), (), layers, layers[:1], 0, 1.0, ())


def _layer(index: int, size: int) -> Layer:
    contents = Contents({"file": size}, frozenset(), frozenset(), frozenset(), size)
    return Layer(index, f"sha256:{index}", "", 0.0, contents)


@pytest.mark.parametrize(
    ("rebuilt", "reused"),
    [
        ((), (None, None)),
        ((("run", "copy-1"),), (True, False)),
        ((("run-1", "copy-1"), ("run-1", "copy-2")), (True, False)),
    ],
)
def test_a_layer_has_its_line_size_and_verdict(
    rebuilt: Sequence[tuple[str, str]], reused: tuple[bool | None, bool | None], tmp_path: Path
) -> None:
    lab, step = all_labs()[0], Progress.silent().step
    work, name = tmp_path / "work" / lab.id, lab.dockerfile
    work.mkdir(parents=True)
    (work / name).write_text("FROM ubuntu\n\nRUN a\nENV b=c\nCOPY . .\n")
    with open_submission(work.parent) as submission, Engines("none", step) as engines:
        evidence = Made(lab, submission, tmp_path / "room", engines, step)
        for look in (evidence.built, evidence.image):
            look(name)
        evidence.rebuilt[name] = [Built(name, (), ("base", *layers), ("base",)) for layers in rebuilt]
        found = [(layer.line, layer.bytes, layer.reused) for layer in layers_of(evidence)]
    assert found == [(None, 70, None), (3, 30, reused[0]), (5, 1, reused[1])]


def test_nothing_is_built_for_the_report(tmp_path: Path) -> None:
    lab, step = all_labs()[0], Progress.silent().step
    with open_submission(ROOT / "solutions") as solutions, Engines("none", step) as engines:
        evidence = SubmissionEvidence([lab], solutions, tmp_path, engines, step).of(lab.id)
        assert list(layers_of(evidence)) == []

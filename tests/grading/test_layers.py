"""The layers of a report: what was built for a check, and which steps an edit of the source ran again."""

from pathlib import Path

import pytest

from checks.evidence.submission.submission import open_submission
from checks.grading.cached import cached, known
from checks.grading.engines import Engines
from checks.grading.evidence import SubmissionEvidence
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


def test_nothing_is_built_for_the_report(tmp_path: Path) -> None:
    lab, step = all_labs()[0], Progress.silent().step
    with open_submission(ROOT / "solutions") as solutions, Engines("none", step) as engines:
        evidence = SubmissionEvidence([lab], solutions, tmp_path, engines, step).of(lab.id)
        assert list(layers_of(evidence)) == []

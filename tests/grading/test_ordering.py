"""What others need is judged first, and nothing else changes its place."""

import pytest

from checks.grading.check import behind_needs


@pytest.mark.parametrize(
    ("needs", "order"),
    [
        ({}, []),
        ({"a": [], "b": ["a"], "c": []}, ["a", "b", "c"]),
        ({"a": ["c"], "b": [], "c": []}, ["c", "a", "b"]),
        ({"a": ["b"], "b": ["c"], "c": [], "d": []}, ["c", "b", "a", "d"]),
        ({"a": ["elsewhere"], "b": []}, ["a", "b"]),
    ],
)
def test_each_is_behind_what_it_needs(needs: dict[str, list[str]], order: list[str]) -> None:
    assert behind_needs(needs) == order


@pytest.mark.parametrize("needs", [{"a": ["a"]}, {"a": ["b"], "b": ["c"], "c": ["a"]}])
def test_a_circle_is_refused(needs: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match="needs itself"):
        behind_needs(needs)

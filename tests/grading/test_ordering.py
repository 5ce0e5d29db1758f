"""Checks that others need are judged first; all others keep their order."""

import pytest

from checks.grading.check import WrongCheck, behind_needs


@pytest.mark.parametrize(
    ("needs", "order"),
    [
        ({}, []),
        ({"a": [], "b": ["a"], "c": []}, ["a", "b", "c"]),
        ({"a": ["c"], "b": [], "c": []}, ["c", "a", "b"]),
        ({"a": ["b"], "b": ["c"], "c": [], "d": []}, ["c", "b", "a", "d"]),
    ],
)
def test_each_is_behind_what_it_needs(needs: dict[str, list[str]], order: list[str]) -> None:
    assert behind_needs(needs) == order


@pytest.mark.parametrize("needs", [{"a": ["a"]}, {"a": ["b"], "b": ["c"], "c": ["a"]}])
def test_a_circle_is_refused(needs: dict[str, list[str]]) -> None:
    with pytest.raises(WrongCheck, match="needs itself"):
        behind_needs(needs)


@pytest.mark.parametrize(
    ("need", "says"),
    [
        ("serves-helo-world", "did you mean serves-hello-world"),
        ("serves_hello_world", "did you mean serves-hello-world"),
        ("elsewhere", "`builds` needs `elsewhere`, which is no check of its lab"),
    ],
)
def test_a_need_that_is_no_check_is_an_error(need: str, says: str) -> None:
    with pytest.raises(WrongCheck, match=says):
        behind_needs({"serves-hello-world": [], "builds": [need]})

"""The fuzzer finds what a reader overlooks, as small as it gets, once a kind."""

import random
from collections.abc import Callable

import pytest

from tests.oracles.fuzz import Comparison, compared
from tests.oracles.programs import Oracle, skeleton
from tests.oracles.trees import OF_TREE, without_parts

pytestmark = pytest.mark.slow

TEXTS = ("FROM scratch\nENV A=1\nEXPOSE 80", "FROM scratch AS a\nCOPY a /")


def refuses(*words: str) -> Callable[[str], str]:
    """A stand-in for a program that has something against each of these words."""
    return lambda text: next((f"`{word}` is on line 3" for word in words if word in text), "")


def test_each_kind_is_told_once_and_small() -> None:
    oracle = Oracle("a stand-in", refuses("$"), refuses("$", "AS"), TEXTS, ())
    found = list(compared(Comparison(oracle), 3.0, random.Random(1)))
    assert [difference.kind for difference in found] == [("", "_ is on line _")]
    assert found[0].text == "FROM scratch AS a"


def test_what_is_known_is_not_told() -> None:
    oracle = Oracle("a stand-in", refuses("$"), refuses("$", "AS"), TEXTS, ())
    assert not list(compared(Comparison(oracle, {("", "_ is on line _")}), 1.0, random.Random(1)))


def test_where_both_agree_nothing_is_told() -> None:
    oracle = Oracle("a stand-in", refuses("$"), refuses("$"), TEXTS, ())
    comparison = Comparison(oracle)
    assert not list(compared(comparison, 1.0, random.Random(1)))
    assert comparison.asked > 10


def test_the_skeleton_has_no_names_and_no_numbers() -> None:
    assert skeleton('line 12: `x` is no port, see "y"') == "line _: _ is no port, see _"


def test_trees_get_other_values_keys_types_and_merges() -> None:
    """Each of these is what some accident makes of it."""
    text, seen = "{a: {b: 3}, c: {d: 4}}", set[str]()

    def program(mutant: str) -> str:
        seen.add(mutant)
        return ""

    oracle = Oracle("a stand-in", program, refuses(), (text,), (), OF_TREE, without_parts)
    comparison = Comparison(oracle)
    assert [comparison.smallest(number) for number in range(3)] == [None] * 3
    signs = ("null", "- 3", "<<:", "*id001", "${A")
    assert {sign for sign in signs if any(sign in mutant for mutant in seen)} == set(signs)


def test_what_has_a_tree_shrinks_part_by_part() -> None:
    assert list(without_parts("a: {b: 1}\nc: [2]"))[:4] == [
        "c:\n- 2\n",
        "a: {}\nc:\n- 2\n",
        "a:\n  b: 1\n",
        "a:\n  b: 1\nc: []\n",
    ]


def test_a_tree_that_holds_itself_is_left_behind() -> None:
    assert len(list(without_parts("a: &a [*a]"))) < 100

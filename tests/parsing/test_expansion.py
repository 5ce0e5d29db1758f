"""Variable expansion as BuildKit does it."""

import pytest

from checks.parsing.text.expansion import MAX_WORK, Budget, expand, expand_words
from checks.parsing.text.expansion_parts import MAX_NESTING, ExpansionError

VARIABLES = {"A": "1", "E": "", "P": "a.b.c", "U": "user", "W": "x y"}


def _expand(text: str, escape: str = "\\") -> str:
    return expand(text, VARIABLES.get, escape, Budget())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("$A", "1"),
        ("${A}", "1"),
        ("x$A.y", "x1.y"),
        ("$AB", ""),
        ("${A}B", "1B"),
        ("$N", ""),
        ("${N:-y}", "y"),
        ("${E:-y}", "y"),
        ("${E-y}", ""),
        ("${A:-y}", "1"),
        ("${A:+y}", "y"),
        ("${E:+y}", ""),
        ("${E+y}", "y"),
        ("${N+y}", ""),
        ("${N:-${M:-$U}}", "user"),
        ("${N:-'a}b'}", "a}b"),
        ("${A:?no}", "1"),
        ("${P#*.}", "b.c"),
        ("${P##*.}", "c"),
        ("${P%.*}", "a.b"),
        ("${P%%.*}", "a"),
        ("${P#x}", "a.b.c"),
        ("${P/./-}", "a-b.c"),
        ("${P//./-}", "a-b-c"),
        ("${P//?/x}", "xxxxx"),
        ("${P/b*/x}", "a.x"),
        ('"$A b"', "1 b"),
        ("'$A'", "$A"),
        (r"\$A", "$A"),
        (r'"\$A"', "$A"),
        (r'"a\b"', r"a\b"),
        (r"a\b", "ab"),
        ("a'b'\"c\"", "abc"),
        ("$", "$"),
        ("a$ b", "a$ b"),
        ("$(x)", "$(x)"),
        ("$1", ""),
        ("trailing\\", "trailing"),
    ],
)
def test_expands(text: str, expected: str) -> None:
    assert _expand(text) == expected


def test_the_escape_is_that_of_the_file() -> None:
    assert _expand("`$A \\ $A", "`") == "$A \\ 1"


@pytest.mark.parametrize(
    "text",
    [
        "${A",
        "${}",
        "${:x}",
        "${A!x}",
        "${A:x}",
        "'a",
        '"a',
        "${N:?gone}",
        "${E:?empty}",
        "${A/x}",
        r"${A#\x}",
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(ExpansionError):
        _expand(text)


def test_splits_at_spaces_that_are_not_quoted() -> None:
    words = expand_words("a $W 'c d' \"$W\" e\\ f", VARIABLES.get, "\\", Budget())
    assert words == ("a", "x", "y", "c d", "x y", "e f")


def test_nesting_is_bounded() -> None:
    assert _expand("${N:-" * MAX_NESTING + "x" + "}" * MAX_NESTING) == "x"
    with pytest.raises(ExpansionError):
        _expand("${N:-" * 100_000)


def test_a_value_is_bounded() -> None:
    with pytest.raises(ExpansionError):
        expand("$A$A", {"A": "x" * 6}.get, "\\", Budget(max_value=10))


def test_the_work_for_a_file_is_bounded() -> None:
    budget = Budget(left=10)
    expand("$A", {"A": "x" * 6}.get, "\\", budget)
    with pytest.raises(ExpansionError, match=f"{MAX_WORK:,}"):
        expand("$A", {"A": "x" * 6}.get, "\\", budget)


def test_a_pattern_that_would_ruin_a_regular_expression_is_matched() -> None:
    assert expand("${A##" + "*a" * 50 + "b}", {"A": "a" * 1_000}.get, "\\", Budget()) == "a" * 1_000

"""Variables as the Compose Specification replaces them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.parsing.compose.interpolation import MAX_CHARACTERS, Interpolation, InterpolationError

KNOWN = {"A": "a", "EMPTY": "", "LONG": "x" * 1000}


def replaced(text: str) -> str:
    return Interpolation(KNOWN.get).apply(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("$A-${A}", "a-a"),
        ("$UNSET|${UNSET}", "|"),
        ("$$A $${A}", "$A ${A}"),
        ("${EMPTY-d}|${EMPTY:-d}|${UNSET-d}|${UNSET:-d}", "|d|d|d"),
        ("${A+y}|${A:+y}|${EMPTY+y}|${EMPTY:+y}|${UNSET+y}|${UNSET:+y}", "y|y|y|||"),
        ("${A:?never}|${EMPTY?never}", "a|"),
        ("${UNSET:-${A:-${B}}}", "a"),
        ("${UNSET:-with } behind", "with  behind"),
        ("${A:-${UNSET:?not asked for}}", "a"),
        ("a}b", "a}b"),
        ("${UNSET:-a:b/c@d}", "a:b/c@d"),
        ("$(date) $1 $? $@ $- $ x $", "$(date) $1 $? $@ $- $ x $"),
        ("$(echo $A)|$.$A", "$(echo a)|$.a"),
        ("${UNSET:-$(b)}|${UNSET:-$1}|${UNSET:-x$}", "$(b)|$1|x$"),
        ("$$$A|$$$|$}", "$a|$$|$}"),
    ],
)
def test_it_replaces(text: str, expected: str) -> None:
    assert replaced(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "${",
        "${}",
        "${A",
        "${A:-x",
        "${A:x}",
        "${1}",
        "${UNSET:?why}",
        "${EMPTY:?}",
        "$(x) ${",
        "${ A}",
        "${A.B}",
    ],
)
def test_it_refuses(text: str) -> None:
    with pytest.raises(InterpolationError):
        replaced(text)


def test_a_required_variable_says_why() -> None:
    with pytest.raises(InterpolationError, match="say which"):
        replaced("${UNSET:?say which}")


def test_what_is_replaced_by_nothing_is_known() -> None:
    found = Interpolation(KNOWN.get)
    found.apply("$A $U ${V} ${W:-w} ${W+w} ${EMPTY} ${A:-$X} ${Y:-$Z}")
    assert found.unset == ["U", "V", "Z"]


def test_what_it_comes_to_is_bounded() -> None:
    with pytest.raises(InterpolationError, match="characters"):
        replaced("$LONG" * (MAX_CHARACTERS // 1000 + 1))


@pytest.mark.parametrize("written", ["$$" * 60, "${U}" * 30, "${U:-$(x)}" * 12, "a$" * 60])
def test_what_is_read_is_bounded(written: str) -> None:
    """An alias has one long text read thousands of times, whether anything comes of it or not."""
    found = Interpolation(KNOWN.get, left=1_000)
    with pytest.raises(InterpolationError, match="characters"):
        list(map(found.apply, [written] * 11))


def test_nesting_is_bounded() -> None:
    with pytest.raises(InterpolationError, match="deep"):
        replaced("${U:-" * 500 + "}" * 500)


@given(st.text(alphabet="$${}:-?+AB x", max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    with suppress(InterpolationError):
        assert isinstance(replaced(text), str)

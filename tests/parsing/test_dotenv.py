"""`.env` files, as Compose reads them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.parsing.compose.dotenv import DotEnv, Variable, parse_dotenv
from checks.parsing.text.problems import ParseError


def values(text: str) -> dict[str, str | None]:
    return {entry.name: entry.value for entry in parse_dotenv(text.encode()).variables}


def test_lines_are_those_of_the_names() -> None:
    found = parse_dotenv(b'A="1\n2"\n\nB=3\n').variables
    assert found == (Variable("A", "1\n2", 1), Variable("B", "3", 4))


def test_a_name_alone_has_no_value() -> None:
    assert values("A\nB=\n") == {"A": None, "B": ""}


def test_the_last_of_a_name_counts() -> None:
    parsed = parse_dotenv(b"A=1\nA=2\n")
    assert parsed.get("A") == "2"
    assert parsed.get("B") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=a$", "a$"),
        ("A=$(date)", "$(date)"),
        ("A=$1 $? $@", "$1 $? $@"),
        ('A="$(b) $"', "$(b) $"),
        ("A=${X:-$(b)}", "$(b)"),
        ("A=$$x", "$x"),
    ],
)
def test_a_dollar_that_begins_no_name_is_kept(text: str, value: str) -> None:
    """As both generations of Compose hand it to a container."""
    assert values(text) == {"A": value}


def test_windows_line_ends() -> None:
    assert values("A=1\r\nB='2'\r\n") == {"A": "1", "B": "2"}


@pytest.mark.parametrize(
    ("text", "line"),
    [("A B=1\n", 1), ("=x\n", 1), ("A=1\n'x'\n", 2), ('A=1\nB="open\n', 2), ("A=1\nB=${\n", 2), ("{}\n", 1)],
)
def test_a_mistake_has_its_line(text: str, line: int) -> None:
    with pytest.raises(ParseError) as error:
        parse_dotenv(text.encode())
    assert error.value.line == line


def test_what_is_no_text_is_refused() -> None:
    for data in (b"\xff\xfeA\0", b"A=\0", b"A=1\n" * 20_000):
        with pytest.raises(ParseError):
            parse_dotenv(data)


@given(st.binary(max_size=200))
def test_no_bytes_break_it(data: bytes) -> None:
    with suppress(ParseError):
        assert isinstance(parse_dotenv(data), DotEnv)

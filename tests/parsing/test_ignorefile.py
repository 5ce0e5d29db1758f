"""Patterns of a .dockerignore, as moby/patternmatcher takes them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.parsing.text.ignore_file import MAX_PATTERNS, parse_ignorefile
from checks.parsing.text.problems import ParseError


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("*", "a/b"),
        (".git", ".git/objects/ab/cd"),
        ("/src", "src/a.py"),
        ("src/", "src/a.py"),
        ("./src", "src"),
        ("a/../src", "src"),
        ("*.pyc", "a.pyc"),
        ("**/*.pyc", "a.pyc"),
        ("**/*.pyc", "x/y/a.pyc"),
        ("**.pyc", "x/y/a.pyc"),
        ("**/__pycache__", "app/__pycache__/x.pyc"),
        ("**/__pycache__/**", "app/__pycache__/x.pyc"),
        ("app/**", "app/x/y"),
        ("app/**/secret", "app/secret"),
        ("app/**/secret", "app/a/b/secret"),
        ("**", "anything/at/all"),
        ("?.env", "a.env"),
        ("[a-c].txt", "b.txt"),
        ("[^a-c].txt", "d.txt"),
        (r"\!odd", "!odd"),
        (r"a\*b", "a*b"),
        ("  .env  ", ".env"),
        (" # no comment", "# no comment"),
        ("\ufeff.env", ".env"),
        (".env\r\n", ".env"),
        ("*\n!keep\nkeep/not", "keep/not"),
        ("!.env\n.env", ".env"),
        ("models\n!models/small\nmodels/small/x", "models/small/x"),
        ("a b", "a b"),
    ],
)
def test_ignores(text: str, path: str) -> None:
    assert parse_ignorefile(text.encode()).ignores(path)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", ".env"),
        ("# .env", ".env"),
        (".", "a"),
        ("*.pyc", "x/a.pyc"),
        ("__pycache__", "app/__pycache__/x"),
        ("app/*", "app"),
        ("app/**", "app"),
        ("app/**", "apple/x"),
        ("src?", "src/"),
        ("a?b", "a/b"),
        ("a*b", "a/b"),
        ("[a-c].txt", "d.txt"),
        ("*\n!app", "app/main.py"),
        ("*\n!app/main.py", "app/main.py"),
        ("*\n! app", "app/main.py"),
        ("*\n!/app", "app/main.py"),
        (".env*\n!.env.example", ".env.example"),
        ("**/.env\n!**/.env", "x/.env"),
        (r"\.en", ".env"),
        ("**/env", ".venv"),
        (".env", ".env.example"),
        ("SRC", "src"),
    ],
)
def test_sends(text: str, path: str) -> None:
    assert not parse_ignorefile(text.encode()).ignores(path)


def test_the_last_match_decides_and_says_its_line() -> None:
    rules = parse_ignorefile(b"# head\n*\n\n!app\napp/secret\n")
    deciding = {path: rules.deciding(path) for path in ("x", "app/a", "app/secret/b")}
    assert {path: rule.line for path, rule in deciding.items() if rule} == {
        "x": 2,
        "app/a": 4,
        "app/secret/b": 5,
    }
    assert rules.deciding(".") is None


@pytest.mark.parametrize("text", ["!", "[a", "[]", "[a-]", "x\\", "[-a]"])
def test_a_malformed_pattern_is_a_problem_with_its_line(text: str) -> None:
    assert [problem.line for problem in parse_ignorefile(b"ok\n" + text.encode()).problems] == [2]


def test_too_many_patterns_are_refused_by_name() -> None:
    with pytest.raises(ParseError) as caught:
        parse_ignorefile(b"a\n" * (MAX_PATTERNS + 1))
    assert caught.value.line == MAX_PATTERNS + 1


def test_a_pattern_that_would_ruin_a_regular_expression_is_matched() -> None:
    rules = parse_ignorefile(b"*a" * 200 + b"b")
    assert not rules.ignores("a" * 3_000)


@given(st.binary(max_size=200), st.text(max_size=50))
def test_any_bytes_give_an_answer_or_a_parse_error(data: bytes, path: str) -> None:
    with suppress(ParseError):
        assert parse_ignorefile(data).ignores(path) in {True, False}

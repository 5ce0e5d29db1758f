"""Requirement specifiers and requirements files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.parsing.packages.requirements import parse_requirements
from checks.parsing.packages.specifiers import parse_requirement
from checks.parsing.text.problems import ParseError

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "text",
    [
        "a==1",
        "a === 1",
        "A.b_c==1.0.post1",
        "a[x,y]==1",
        "a==1 ; python_version < '3'",
        "a>=1,==1.2",
        "./a-1.0-py3-none-any.whl",
        "https://x.y/a-1.0.tar.gz",
        f"git+https://x.y/a@{COMMIT}#egg=a",
        f"a @ git+https://x.y/a@{COMMIT}",
        "https://x.y/a.zip#sha256=" + "0" * 64,
    ],
)
def test_exact_requirements_are_pinned(text: str) -> None:
    assert parse_requirement(text).pinned


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a>=1",
        "a~=1.0",
        "a==1.*",
        "a==",
        "a!=1",
        "a<=1",
        "a=1",
        "git+https://x.y/a@v1#egg=a",
        "git+https://x.y/a",
        "https://x.y/a.zip",
        ".",
        "./a",
        "",
        "==1",
        "a @ git+https://x.y/a@main",
    ],
)
def test_other_requirements_are_not(text: str) -> None:
    assert not parse_requirement(text).pinned


def test_names_are_normalised() -> None:
    found = parse_requirement("SQL_Alchemy.x[Async-Io]==1.4.36")
    assert (found.name, found.extras, found.version) == ("sql-alchemy-x", frozenset({"async-io"}), "1.4.36")


def test_a_file_is_read_as_pip_reads_it() -> None:
    text = (
        "\ufeff# comment\n"
        "a==1 # why\n"
        "b==2 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n"
        "\n"
        "-r other.txt\n--requirement=third.txt\n-c limits.txt\n"
        "-e ./local\n"
        "c==${V}\nd==${UNKNOWN}\n"
        "--index-url https://x.y\n"
        "what is this\n"
        "e#f==1\n"
        "https://x.y/g-1.0.zip#sha256=0\n"
    )
    found = parse_requirements(text.encode(), "r.txt", environment={"V": "3"})
    assert [(one.name, one.version, one.line, bool(one.reason)) for one in found.requirements] == [
        ("a", "1", 2, False),
        ("b", "2", 3, False),
        ("", "", 10, False),
        ("c", "3", 11, False),
        ("d", "", 12, True),
        ("", "", 14, True),
        ("", "", 15, True),
        ("g", "1.0", 16, False),
    ]
    assert found.requirements[1].hashes == ("sha256:00", "sha256:11")
    assert found.requirements[2].editable
    assert found.includes == (("other.txt", 7), ("third.txt", 8))
    assert found.constraints == (("limits.txt", 9),)
    assert found.options == ("--index-url",)


def test_utf_16_with_its_mark_is_read_as_pip_reads_it() -> None:
    assert parse_requirements("a==1\n".encode("utf-16"), "r.txt").requirements[0].pinned


@pytest.mark.parametrize(("data", "line"), [(b"a==1\n\xff\n", 2), (b"a\n" * 600_000, 1)])
def test_what_cannot_be_read_is_an_error_with_its_line(data: bytes, line: int) -> None:
    with pytest.raises(ParseError) as caught:
        parse_requirements(data, "r.txt")
    assert caught.value.line == line


@given(st.one_of(st.text(), st.text(alphabet="a=1.[]<>~!,;@#\\\n -'\"/:${}V")))
def test_no_text_raises(text: str) -> None:
    found = parse_requirements(text, "r.txt", environment={"V": "1"})
    assert all(one.line <= len(text.splitlines()) for one in found.requirements)

"""What a pyproject.toml asks for, in every form that Poetry reads, and that no bytes break its reader."""

import tomllib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.parsing.packages.poetry_project import Project, parse_project
from checks.parsing.text.problems import ParseError


def poetry(*lines: str) -> Project:
    """A project in Poetry's own form."""
    return parse_project("\n".join(["[tool.poetry.dependencies]", *lines]).encode())


def pins(project: Project) -> dict[str, str]:
    return {entry.name: entry.version for entry in project.main}


@pytest.mark.parametrize(
    "constraint",
    [
        "0.78.0", "==0.78.0", "=0.78.0", " == 0.78.0 ", "0.78.0,<1", "0.78.0 <1", "0.78.0, !=0.79",
        ">0.77,==0.78.0", ">=0.78.0,<=0.78.0", ">=0.78.0 <=0.78.0", "0.78.0,", "0.78.0 || 0.78.0",
        "0.78.0 | ==0.78.0",
    ],
)  # fmt: skip
def test_a_constraint_that_one_version_fits_is_exact(constraint: str) -> None:
    """As `parse_constraint` of poetry-core 1.9 and 2 has it."""
    assert pins(poetry(f'fastapi = "{constraint}"')) == {"fastapi": "0.78.0"}


@pytest.mark.parametrize(
    "constraint",
    [
        "^0.78.0", "~0.78.0", "~=0.78.0", ">=0.78.0", "0.78.*", "*", "", ">=0.78,<0.79", "!=0.78.0",
        "0.78.0 || 0.79.0", "latest", "@0.78.0",
        "===0.78.0", "0.78.0 || ^0.78.0", ">=0.78.0,<=0.78.1", ">=0.78.0,<0.78.0", "0.78.0,>=0.79", "0.78.0,0.79.0",
    ],
)  # fmt: skip
def test_all_else_is_not(constraint: str) -> None:
    assert pins(poetry(f'fastapi = "{constraint}"')) == {"fastapi": ""}


def test_extras_stand_in_a_table_of_any_form() -> None:
    inline = poetry('uvicorn = { version = "0.17.6", extras = ["standard"] }')
    table = parse_project(
        b"[tool.poetry.dependencies.uvicorn]\nversion = '==0.17.6'\nextras = ['Standard']\n"
    )
    for project in (inline, table):
        (asked,) = project.main
        assert (asked.name, asked.version, asked.extras) == ("uvicorn", "0.17.6", frozenset({"standard"}))


def test_python_is_no_package_and_names_are_normalised() -> None:
    assert pins(poetry('python = "^3.8"', 'SQL_Alchemy = "1.4.36"')) == {"sql-alchemy": "1.4.36"}


def test_every_entry_of_a_list_counts() -> None:
    project = poetry('a = [{ version = "1.0", python = "<3.9" }, { version = "^2", python = ">=3.9" }]')
    assert [entry.version for entry in project.main] == ["1.0", ""]


def test_what_only_an_extra_asks_for_is_not_installed() -> None:
    assert poetry('a = { version = "1.0", optional = true }').main == ()


def test_what_comes_from_elsewhere_has_no_version() -> None:
    (asked,) = poetry('a = { git = "https://example.org/a.git", tag = "1.0" }').main
    assert (asked.version, asked.url) == ("", "https://example.org/a.git")


def test_the_form_of_pep_621() -> None:
    project = parse_project(
        b'[project]\nname = "x"\ndependencies = [\n  "FastAPI==0.78.0",\n  "uvicorn[standard] == 0.17.6",\n]\n'
    )
    assert pins(project) == {"fastapi": "0.78.0", "uvicorn": "0.17.6"}
    assert [entry.line for entry in project.main] == [4, 5]


def test_where_both_forms_are_given_the_standard_one_counts() -> None:
    text = '[project]\ndependencies = ["a>=1"]\n[tool.poetry.dependencies]\na = { source = "own" }\nb = "1"\n'
    assert pins(parse_project(text.encode())) == {"a": ""}


@pytest.mark.parametrize(
    "text",
    [
        '[tool.poetry.group.dev.dependencies]\npytest = "*"',
        '[tool.poetry.dev-dependencies]\npytest = "^8"',
        '[dependency-groups]\ndev = ["pytest>=8"]',
        '[dependency-groups]\ntest = ["PyTest"]\ndev = [{ include-group = "test" }]',
        '[tool.poetry.group.Dev.dependencies]\npytest = { version = "8", extras = [] }',
    ],
)
def test_a_group_of_any_form(text: str) -> None:
    project = parse_project(text.encode())
    assert "dev" in project.groups_with("pytest")
    assert project.main == ()


def test_groups_that_include_each_other_end() -> None:
    project = parse_project(
        b'[dependency-groups]\na = [{include-group = "b"}]\nb = [{include-group = "a"}, "x"]\n'
    )
    assert project.groups_with("x") == ("a", "b")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"[tool.poetry]\nname =\n", 2),
        (b"[a]\n[a]\n", 2),
        (b"\n\n\nx = \xff\xfe", 4),
        (b"\xff\xfea\x00", 1),
        (b"a = 1\nb = \x00", 2),
        (b"x = " + b"[" * 100_000, 1),
        (b"x = " + b"9" * 10_000, 1),
        (b"#" * 4_000_001, 1),
    ],
)
def test_what_is_no_toml_says_where(text: bytes, line: int) -> None:
    with pytest.raises(ParseError) as caught:
        parse_project(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "text",
    [
        "tool = 1", "[tool]\npoetry = []", "[tool.poetry]\ndependencies = 3", "[tool.poetry.dependencies]\na = 3",
        "[project]\ndependencies = 'a'", "[project]\ndependencies = [1, {}]", "[tool.poetry.group]\ndev = 2",
        "dependency-groups = 2", "[dependency-groups]\ndev = 'a'",
        "[dependency-groups]\ndev = [{include-group = 1}]",
        "[tool.poetry.dependencies]\na = {extras = 3, version = 4}", "[tool.poetry.dependencies]\na = 1979-05-27",
    ],
)  # fmt: skip
def test_odd_shapes_ask_for_nothing_exact(text: str) -> None:
    project = parse_project(text.encode())
    assert all(not entry.version for entry in project.main)


WORDS = st.sampled_from(
    [
        "[tool.poetry.dependencies]",
        "[project]",
        "dependencies",
        "=",
        "[",
        "]",
        "{",
        "}",
        '"a==1"',
        "a",
        "\n",
        "'",
    ]
)


@given(st.binary(max_size=200) | st.lists(WORDS, max_size=30).map(lambda words: " ".join(words).encode()))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with suppress(ParseError):
        project = parse_project(data)
        assert project.file.values == tomllib.loads("\n".join(project.file.lines))

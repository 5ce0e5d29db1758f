"""Locks that releases of Poetry wrote (tests/parsing/locks): each belongs to its own project file alone."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.parsing.packages.poetry_lock import parse_lock
from checks.parsing.packages.poetry_project import parse_project
from checks.parsing.text.problems import ParseError

LOCKS = Path(__file__).parent / "locks"
EVERY_LOCK = pytest.mark.parametrize("name", sorted(folder.name for folder in LOCKS.iterdir()))


def project_text(name: str) -> bytes:
    return (LOCKS / name / "pyproject.toml").read_bytes()


def lock_text(name: str) -> bytes:
    return (LOCKS / name / "poetry.lock").read_bytes()


def is_for(lock: bytes, project: bytes) -> bool:
    return parse_lock(lock).is_for(parse_project(project))


@EVERY_LOCK
def test_a_lock_is_for_its_project(name: str) -> None:
    assert is_for(lock_text(name), project_text(name))


@EVERY_LOCK
def test_a_comment_or_another_description_changes_nothing(name: str) -> None:
    text = project_text(name).replace(b'version = "0.1.0"', b'version = "0.2.0" # a comment')
    assert is_for(lock_text(name), text)


@EVERY_LOCK
@pytest.mark.parametrize(("old", "new"), [(b"1.3", b"1.2"), (b">=3.11", b">=3.10")])
def test_a_change_of_what_is_asked_for_does(name: str, old: bytes, new: bytes) -> None:
    text = project_text(name).replace(old, new, 1)
    assert text != project_text(name)
    assert not is_for(lock_text(name), text)


@pytest.mark.parametrize(
    "name", ["poetry-1.8.5", "poetry-1.8.5-legacy", "poetry-2.5.1", "poetry-2.5.1-groups"]
)
def test_so_does_a_change_of_a_group(name: str) -> None:
    text = project_text(name).replace(b"1.5", b"1.4")
    assert text != project_text(name)
    assert not is_for(lock_text(name), text)


def test_poetry_before_2_3_did_not_look_at_dependency_groups() -> None:
    name = "poetry-2.2.1-groups"
    assert is_for(lock_text(name), project_text(name).replace(b"1.5", b"1.4"))


@EVERY_LOCK
def test_it_has_versions_by_name(name: str) -> None:
    lock = parse_lock(lock_text(name))
    assert lock.versions["sniffio"] == ("1.3.1",)
    assert lock.file.lines[lock.file.line_with('name = "sniffio"') - 1] == 'name = "sniffio"'
    assert "fastapi" not in lock.versions


def test_a_package_may_have_several_versions() -> None:
    text = b'[[package]]\nname = "a_b"\nversion = "1"\n[[package]]\nname = "A.b"\nversion = "2"\n'
    assert parse_lock(text).versions == {"a-b": ("1", "2")}


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"package = 1",
        b"[[package]]\nname = 1\n",
        b"metadata = 2",
        b"[metadata]\ncontent-hash = ''",
        b"[package]",
    ],
)
def test_what_has_no_hash_is_for_no_project(text: bytes) -> None:
    assert not is_for(text, b"")
    assert parse_lock(text).versions == {}


def test_what_poetry_cannot_hash_has_no_lock() -> None:
    deep = b"[tool.poetry.dependencies]\na = " + b"[" * 300 + b"]" * 300
    assert not is_for(lock_text("poetry-1.8.5"), deep)
    assert not is_for(lock_text("poetry-1.8.5"), b"[tool.poetry.dependencies]\na = 1979-05-27")


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with suppress(ParseError):
        parse_lock(data)

"""Where a lab has several files of a kind, a failure names the one that it is about."""

import pytest

from checks.expect.basics import in_file
from checks.outcomes import CheckFailed
from checks.parsing.text.problems import ParseError


def test_a_failure_gets_the_file() -> None:
    with pytest.raises(CheckFailed) as caught, in_file("task/Dockerfile.fat"):
        raise CheckFailed("this", "that", line=3)
    assert (caught.value.file, caught.value.line) == ("task/Dockerfile.fat", 3)


def test_one_that_has_a_file_keeps_it() -> None:
    with pytest.raises(CheckFailed) as caught, in_file("task/poetry.lock"):
        raise CheckFailed("this", "that", file="task/pyproject.toml")
    assert caught.value.file == "task/pyproject.toml"


def test_what_cannot_be_read_fails_with_its_line() -> None:
    with pytest.raises(CheckFailed) as caught, in_file("task/Dockerfile.fat"):
        raise ParseError("no shell would run this", 4)
    failed = caught.value
    assert (failed.file, failed.line, failed.actual) == ("task/Dockerfile.fat", 4, "no shell would run this")
    assert failed.help


def test_all_else_is_left_alone() -> None:
    with pytest.raises(KeyError), in_file("task/Dockerfile"):
        raise KeyError("a fault of ours")

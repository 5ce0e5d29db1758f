"""The grader's reader, and BuildKit's own parser, say what the table of tests/oracles records."""

from collections.abc import Callable

import pytest

from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from tests.oracles import Case, cases, differences
from tests.tools import package

CASES = tuple(cases())
KINDS = tuple(dict.fromkeys(case.kind for case in CASES))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}: {case.text[:60]!r}")
def test_the_grader_says_what_is_recorded(case: Case) -> None:
    problems = parse_dockerfile(case.text.encode()).problems
    assert ("refused" if problems else "taken") == case.grader, problems
    if problems and case.grader_line:
        assert problems[0].line == case.grader_line


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_members_on_both_sides(kind: str) -> None:
    assert {case.newest for case in CASES if case.kind == kind} == {"taken", "refused"}


def test_every_difference_has_its_reason() -> None:
    assert all(differences())
    assert sum(case.differs for case in CASES) == len(tuple(differences()))


def test_buildkits_parser_says_what_is_recorded() -> None:
    parser = package("dockerfile")
    said = {case.text: _said(parser.parse_string, case.text) for case in CASES}
    assert said == {case.text: case.parser for case in CASES}


def _said(parse: Callable[[str], object], text: str) -> str:
    try:
        parse(text)
    except Exception:  # noqa: BLE001 - it has errors of its own, and is not installed everywhere
        return "refused"
    return "taken"

"""The grader's reader, and the engine at hand, say what the table of tests/oracles records."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from checks.engine import Engine, find
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from tests.oracles import Case, cases, differences
from tests.oracles.programs import build_refusal, fill_context

CASES = tuple(cases())
KINDS = tuple(dict.fromkeys(case.kind for case in CASES))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return find("auto")


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
    parser = pytest.importorskip(
        "dockerfile", reason="BuildKit's own parser, from PyPI, is asked where it is installed"
    )
    said = {case.text: _said(parser.parse_string, case.text) for case in CASES}
    assert said == {case.text: case.parser for case in CASES}


@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_says_what_is_recorded(kind: str, engine: Engine, tmp_path: Path) -> None:
    fill_context(tmp_path)
    asked = [case for case in CASES if case.kind == kind and case.of(engine.version) != "crashes"]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda case: _asked(engine, case.text, tmp_path), asked))
    assert list(_differing(asked, answers, engine.version)) == []


def _said(parse: Callable[[str], object], text: str) -> str:
    try:
        parse(text)
    except Exception:  # noqa: BLE001 - it has errors of its own, and is not installed everywhere
        return "refused"
    return "taken"


def _asked(engine: Engine, text: str, folder: Path) -> tuple[str, int]:
    """What it says, and the line that it names."""
    refusal = build_refusal(engine, folder, text)
    return ("refused", refusal.line) if refusal else ("taken", 0)


def _differing(asked: list[Case], answers: list[tuple[str, int]], version: str) -> Iterator[object]:
    """Cases of which it says something else; the line is the newest engine's."""
    for case, (verdict, line) in zip(asked, answers, strict=True):
        recorded = case.of(version)
        if verdict != recorded or (
            recorded == case.newest == "refused" and case.line and line not in {0, case.line}
        ):
            yield case.text, verdict, line

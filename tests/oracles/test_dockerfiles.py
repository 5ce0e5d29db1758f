"""The engine at hand says what the table of Dockerfiles records."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from checks.engine import Engine
from tests.oracles import Case, cases
from tests.oracles.programs import build_refusal, fill_context

CASES = tuple(cases())
KINDS = tuple(dict.fromkeys(case.kind for case in CASES))


@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_says_what_is_recorded(kind: str, engine: Engine, tmp_path: Path) -> None:
    fill_context(tmp_path)
    asked = [case for case in CASES if case.kind == kind and case.of(engine.version) != "crashes"]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda case: _asked(engine, case.text, tmp_path), asked))
    assert list(_differing(asked, answers, engine.version)) == []


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

"""Every static check judges effect, not wording: honest spellings pass, and look-alikes fail.

`labs/<lab>/spellings.yaml` has, for each static check, cases with a few words that name their peculiarity. A case
is the text of every Dockerfile of the lab, or a mapping of the names of several files to their texts. A few
lines are enough, since only that check is called, with the evidence that conftest.py makes for it.
"""

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from checks.evidence.submission.tree import SubmittedFile
from checks.expect import CheckFailed
from checks.grading.catalog import planned
from checks.grading.check import PREFIX
from checks.grading.engines import Engines
from checks.grading.evidence import LabEvidence
from checks.lab import Lab
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.text.problems import ParseError
from checks.reports.progress import Progress
from tests.engines import LABS
from tests.oracles import read_table

HONEST, LOOK_ALIKES = "honest", "look-alikes"
AT_LEAST = 3  # of each, for each check


def spellings(lab: Lab) -> dict[str, dict[str, dict[str, Any]]]:
    """By check, by kind, by what is special about each."""
    file = Path(__file__).parent / "labs" / lab.id / "spellings.yaml"
    if not file.is_file():
        return {}  # which `test_every_static_check_is_tried` does not let pass
    found: dict[str, dict[str, dict[str, Any]]] = read_table(file)
    return found


@dataclass(frozen=True)
class Handed:
    """A submission in memory."""

    lab: Lab
    files: Mapping[str, str]
    name: str = "student"

    def find(self, relative: str, /) -> SubmittedFile | None:
        """One file of the lab."""
        text = self.files.get(relative.removeprefix(f"{self.lab.id}/"))
        return None if text is None else SubmittedFile(text.encode(), executable=False)

    def elsewhere(self, _lab: str, _name: str, /) -> None:
        """There is no other place."""


def handed(lab: Lab, text: str | Mapping[str, str]) -> Handed:
    main = [lab.main_file] if lab.compose else lab.images
    return Handed(lab, dict.fromkeys(main, text) if isinstance(text, str) else text)


def cases(kind: str) -> list[Any]:
    """Each with what is handed in, and the check that is meant."""
    return [
        pytest.param(handed(lab, text), check, id=f"{lab.id}-{check}-{note}")
        for lab in LABS
        for check, kinds in spellings(lab).items()
        for note, text in kinds.get(kind, {}).items()
    ]


@pytest.fixture(scope="module")
def evidence(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LabEvidence]:
    """In the place of a grading's own: all other evidence comes from this."""
    step, room = Progress.silent().step, tmp_path_factory.mktemp("room")
    with Engines("none", step) as engines:
        yield LabEvidence(request.param.lab, request.param, room, engines, step)


@pytest.fixture
def judge(request: pytest.FixtureRequest, evidence: LabEvidence) -> Callable[[str], None]:
    """Call one check; raises what it raises."""

    def call(check: str) -> None:
        module = importlib.import_module(f"checks.{evidence.lab.module.stem}")
        function = getattr(module, PREFIX + check.replace("-", "_"))
        names = inspect.signature(function).parameters
        function(**{name: request.getfixturevalue(name) for name in names})

    return call


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_every_static_check_is_tried(lab: Lab) -> None:
    static = {check.id for check in planned(lab).checks if check.kind == "static"}
    tried = spellings(lab)
    assert set(tried) <= static, f"no static check {', '.join(sorted(set(tried) - static))}"
    for check in static:
        few = [kind for kind in (HONEST, LOOK_ALIKES) if len(tried.get(check, {}).get(kind, {})) < AT_LEAST]
        assert not few, f"{check} has fewer than {AT_LEAST}: {', '.join(few)}"


@pytest.mark.parametrize(("evidence", "check"), cases(HONEST), indirect=["evidence"])
def test_an_honest_spelling_passes(evidence: LabEvidence, check: str, judge: Callable[[str], None]) -> None:
    for dockerfile in set(evidence.lab.images) - evidence.workspace().missing:
        assert parse_dockerfile(evidence.handed_in(dockerfile)).problems == ()
    judge(check)


@pytest.mark.parametrize(("evidence", "check"), cases(LOOK_ALIKES), indirect=["evidence"])
def test_a_look_alike_fails(check: str, judge: Callable[[str], None]) -> None:
    with pytest.raises((CheckFailed, ParseError)):
        judge(check)

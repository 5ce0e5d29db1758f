"""Unreadable or missing answers fail with a message that tells the student how to mend them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.evidence.submission.submission import open_submission
from checks.grading.engines import Engines
from checks.grading.evidence import LabEvidence
from checks.lab import load_lab
from checks.outcomes import CheckFailed
from checks.reports.progress import Progress

EXPLODING = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.fixture
def evidence(submission: Path, tmp_path: Path) -> Iterator[LabEvidence]:
    """What is known of Task 1 in that submission."""
    step = Progress.silent().step
    with open_submission(submission) as opened, Engines("none", step) as engines:
        yield LabEvidence(load_lab("Task1"), opened, tmp_path / "room", engines, step)


@pytest.mark.parametrize(
    "text",
    [EXPLODING, "[" * 100_000, "a: [", "\x00", "a: 1\na: 2\n", "!!python/object/apply:os.system [id]"],
    ids=["exploding aliases", "deep", "unfinished", "no text", "twice", "a program"],
)
def test_what_cannot_be_read(evidence: LabEvidence, submission: Path, text: str) -> None:
    (submission / "task1_layers" / "answers.yaml").write_text(text)
    with pytest.raises(CheckFailed) as failed:
        evidence.answers("answers.yaml")
    assert failed.value.file == "task1_layers/answers.yaml"
    assert failed.value.line


def test_none_at_all(evidence: LabEvidence, submission: Path) -> None:
    (submission / "task1_layers" / "answers.yaml").unlink()
    with pytest.raises(CheckFailed, match="there is none"):
        evidence.answers("answers.yaml")


@pytest.mark.parametrize("name", ["answers.yml", "Answers.yaml", "answers.yaml.txt", "ANSWERS.YAML"])
def test_one_by_another_name(evidence: LabEvidence, submission: Path, name: str) -> None:
    file = submission / "task1_layers" / "answers.yaml"
    file.rename(file.with_name(name))
    with pytest.raises(CheckFailed, match=f"a file `{name}`, and it must be called `answers.yaml`"):
        evidence.answers("answers.yaml")


PLACES = [
    "answers.yaml",
    "Task1_Layers/answers.yaml",
    "task1_layers (1)/answers.yaml",
    "a/b/task1_layers/answers.yaml",
]


@pytest.mark.parametrize("place", PLACES)
def test_one_at_another_place(evidence: LabEvidence, submission: Path, place: str) -> None:
    (submission / place).parent.mkdir(parents=True, exist_ok=True)
    (submission / "task1_layers" / "answers.yaml").rename(submission / place)
    with pytest.raises(CheckFailed) as failed:
        evidence.answers("answers.yaml")
    assert failed.value.actual == f"a file at `{place}`, and it belongs at `task1_layers/answers.yaml`"


@pytest.mark.parametrize("place", ["task2_caching/answers.yaml", "__MACOSX/task1_layers/answers.yaml"])
def test_one_of_another_lab_is_none(evidence: LabEvidence, submission: Path, place: str) -> None:
    (submission / place).parent.mkdir(parents=True)
    (submission / "task1_layers" / "answers.yaml").rename(submission / place)
    with pytest.raises(CheckFailed, match="there is none"):
        evidence.answers("answers.yaml")

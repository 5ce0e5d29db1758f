"""The image with which a lab's image is compared; the evidence of another lab is collected once, graded or not."""

from pathlib import Path

import pytest

from checks.evidence.submission.submission import open_submission
from checks.expect.answers import share
from checks.expect.sizes import leaner
from checks.grading import baseline as earlier
from checks.grading.baseline import Baseline, ImageSize
from checks.grading.engines import Engines
from checks.grading.evidence import SubmissionEvidence
from checks.lab import Lab
from checks.outcomes import CheckFailed, NotRun
from checks.parsing.text.yaml_file import parse_yaml
from checks.reports.progress import Progress
from checks.sections import EarlierImage

FIGURES = EarlierImage(lab="task1_layers", own_mb=480, wasted_mb=7, efficiency_percent=99)
FAT = ImageSize("yours", 400_000_000, 9, 0.9)


class Compared(Baseline):
    """With images whose weights are known, or that nobody can build."""

    def __init__(self, own: ImageSize | None, reference: ImageSize) -> None:
        self._found = own, reference

    def _own(self) -> ImageSize | None:
        return self._found[0]

    def _reference(self) -> ImageSize:
        return self._found[1]


REFERENCE = ImageSize("the reference", 480_000_000, 7, 0.99)


def test_before_is_the_students_own_image_if_it_builds() -> None:
    assert Compared(FAT, REFERENCE).weight is FAT
    assert Compared(None, REFERENCE).weight is REFERENCE


def test_a_lean_image_has_nothing_to_lose() -> None:
    assert Compared(FAT, REFERENCE).above(200) is FAT
    assert Compared(FAT, REFERENCE).above(400) is REFERENCE
    assert Compared(None, REFERENCE).above(200) is REFERENCE


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SubmissionEvidence:
    """The labs of a submission that has none, in a copy of the course without solutions."""
    monkeypatch.setattr(Lab, "solution", property(lambda _: tmp_path / "none"))
    (tmp_path / "student" / "notes").mkdir(parents=True)
    step = Progress.silent().step
    submission = open_submission(tmp_path / "student")
    return SubmissionEvidence([], submission, tmp_path / "room", Engines("none", step), step)


def test_a_lab_is_gathered_once(found: SubmissionEvidence) -> None:
    assert found.of("task1_layers") is found.of("task1_layers")
    assert found.of("task1_layers").lab.title == "Layers"


def test_without_image_and_solutions_the_figures_of_the_lab_stand_in(found: SubmissionEvidence) -> None:
    weight = Baseline(found, FIGURES).weight
    assert (weight.own_bytes, weight.wasted_bytes, weight.efficiency) == (480_000_000, 7_000_000, 0.99)


def test_what_this_machine_lacks_is_no_fault_of_the_student(
    found: SubmissionEvidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(_evidence: object) -> None:
        raise NotRun("no engine")

    monkeypatch.setattr(earlier, "_image", lacking)
    with pytest.raises(NotRun):
        _ = Baseline(found, FIGURES).weight


def test_leaner_says_how_much_there_is_and_how_much_there_may_be() -> None:
    leaner(50_000_000, 100_000_000, 50, "yours")
    with pytest.raises(CheckFailed) as failed:
        leaner(60_000_000, 100_000_000, 50, "yours")
    assert "50.0 MB" in failed.value.expected
    assert "60.0 MB" in failed.value.actual


@pytest.mark.parametrize("answer", ["99", "99 %", "99%", "0.99", "'99,4 %'", "98.6"])
def test_a_share_may_be_written_as_dive_shows_it(answer: str) -> None:
    share(parse_yaml(f"score: {answer}\n".encode(), "answers.yaml"), "score", 0.992, 1)


@pytest.mark.parametrize("answer", ["", "98", "0.99 %", "99 MB", "about 99", "true", "[99]", "1", "-99"])
def test_another_share_is_wrong(answer: str) -> None:
    answers = parse_yaml(f"score: {answer}\n".encode(), "answers.yaml")
    with pytest.raises(CheckFailed) as failed:
        share(answers, "score", 0.98 if answer == "1" else 0.993, 1)
    assert (failed.value.file, failed.value.line) == ("answers.yaml", 1)

"""A second opinion on the reference solutions: container-structure-test on each lab's structure.yaml."""

import subprocess
from pathlib import Path

import pytest

from checks.evidence.submission.submission import open_submission
from checks.grading.engines import Engines
from checks.grading.evidence import SubmissionEvidence
from checks.lab import Lab
from checks.reports.progress import Progress
from tests.engines import LABS, graded_in_editions
from tests.tools import tool

STRUCTURED = [lab for lab in (*LABS, *graded_in_editions()) if (lab.starter / "structure.yaml").is_file()]


def test_most_labs_have_such_a_file() -> None:
    assert len(STRUCTURED) * 2 > len(LABS)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("lab", STRUCTURED, ids=lambda lab: f"{lab.id}-{lab.edition}".rstrip("-"))
def test_the_reference_solution_holds_what_it_should(lab: Lab, tmp_path: Path) -> None:
    program, step = tool("container-structure-test"), Progress.silent().step
    with open_submission(lab.solution.parent) as solutions, Engines("auto", step, lab.id) as engines:
        built = SubmissionEvidence([lab], solutions, tmp_path, engines, step).of(lab.id).built(lab.dockerfile)
        engine, _ = engines.ready()
        done = subprocess.run(
            [program, "test", "--image", built.reference, "--config", lab.starter / "structure.yaml"],
            env=dict(engine.environment),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Failures:    0" in done.stdout

"""A file in the only folder of a submission, which students have named as they like, is told where it lies."""

from pathlib import Path

import pytest

from checks.evidence.submission.submission import open_submission
from checks.lab import all_labs

FIRST, SECOND = (lab.id for lab in all_labs()[:2])


@pytest.mark.parametrize(
    ("handed_in", "told"),
    [
        (["ada/Dockerfile"], "ada/Dockerfile"),
        (["Task 1/app/Dockerfile"], None),
        (["ada/Dockerfile", "grace/Dockerfile"], None),  # which of the two would be a guess
        ([f"{SECOND}/Dockerfile"], None),  # of another lab
    ],
)
def test_it_is_found_unless_it_is_of_another_lab(
    handed_in: list[str], told: str | None, tmp_path: Path
) -> None:
    for name in handed_in:
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    with open_submission(tmp_path) as submission:
        assert submission.elsewhere(FIRST, "Dockerfile") == told

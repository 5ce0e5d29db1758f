"""The grader's own data take the place of a lab's, and follow a rule that no submission can know."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from checks.evidence.service.model import Model
from checks.grading.data_set import DataSet
from checks.sections import DataSettings

if TYPE_CHECKING:
    from checks.lab import Lab


@dataclass(frozen=True)
class Asking:
    """Of a lab, its own settings alone."""

    own: Any


def data_set(own: Any) -> DataSet:
    return DataSet.of(cast("Lab", Asking(own)))


ASKED = DataSettings(features=((0, 10), (5, 6)), tolerance=1e-6, data_file="data.csv", rows=20)


def test_the_rows_below_the_header_follow_the_rule(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("a,b,target\n1,2,3\n")
    made = data_set(ASKED)
    made.plant(tmp_path)
    with (tmp_path / "data.csv").open() as file:
        header, *rows = csv.reader(file)
    assert header == ["a", "b", "target"]
    assert len(rows) == made.count
    assert 20 <= made.count <= 40
    for *features, target in rows:
        assert made.model("v").predict([*map(float, features)]) == float(target)


def test_no_two_gradings_have_the_same_rule() -> None:
    assert data_set(ASKED).model("v") != data_set(ASKED).model("v")


def test_a_model_has_the_version_that_its_training_gave_it() -> None:
    made = data_set(ASKED)
    assert made.model("v") == Model("v", made.rule.coefficients, made.rule.intercept)


def test_a_lab_that_trains_nothing_keeps_its_files(tmp_path: Path) -> None:
    data_set(None).plant(tmp_path)
    assert list(tmp_path.iterdir()) == []

"""The grader's own training data, which take the place of the lab's before anything is built.

Their target is an exact linear function of the features, with coefficients that are random in each grading. So a
right prediction shows that its model was trained on these rows, and arithmetic tells it from a wrong one.
"""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from checks.evidence.service.model import Model
from checks.lab import Lab
from checks.sections import DataSettings

LARGEST = 100  # of a coefficient


@dataclass(frozen=True)
class DataSet:
    """Rows of a CSV file: the features, then the target. `file` is "" for a lab that trains nothing."""

    file: str
    rows: tuple[tuple[float, ...], ...]
    rule: Model

    @classmethod
    def of(cls, lab: Lab) -> Self:
        """Make the data set that this lab asks for."""
        asked = lab.own
        if not isinstance(asked, DataSettings):
            return cls("", (), Model("", (), 0.0))
        rule = Model("", tuple(_any(1, LARGEST) for _ in asked.features), _any(1, LARGEST))
        count = random.randint(asked.rows, 2 * asked.rows)  # noqa: S311 - no secret
        features = [tuple(_any(low, high) for low, high in asked.features) for _ in range(count)]
        return cls(asked.data_file, tuple((*row, rule.predict(row)) for row in features), rule)

    @property
    def count(self) -> int:
        """The number of rows, which is another one in each grading."""
        return len(self.rows)

    def plant(self, root: Path) -> None:
        """Write the rows below the header of the lab's own file."""
        if not self.file:
            return
        path = root / self.file
        header = path.read_text("utf-8").splitlines()[0]
        rows = (",".join(map(repr, row)) for row in self.rows)
        path.write_text("\n".join([header, *rows, ""]), "utf-8")

    def model(self, version: str) -> Model:
        """Return what a training on these rows must have learnt, under the version that it gave itself."""
        return Model(version, self.rule.coefficients, self.rule.intercept)


def _any(low: float, high: float) -> float:
    return round(random.uniform(low, high), 3)  # noqa: S311 - no secret

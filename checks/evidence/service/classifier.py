"""A classifier as data: we compute its predictions from the numbers in its file, without scikit-learn.

The file is JSON with `classes`, `features`, and for each class a row of `coefficients` and one of `intercepts`: a
multinomial logistic regression, whose probabilities are the softmax of the linear scores.
"""

import json
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

DECIMALS = 1
LOW, HIGH = 0.1, 8.0  # centimetres


@dataclass(frozen=True, slots=True)
class Classifier:
    """The classes, the features in their order, and the numbers of each class."""

    classes: tuple[str, ...]
    features: tuple[str, ...]
    coefficients: tuple[tuple[float, ...], ...]
    intercepts: tuple[float, ...]

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the course's own file; a wrong one raises KeyError, TypeError or ValueError."""
        numbers = json.loads(text)
        return cls(
            tuple(numbers["classes"]),
            tuple(numbers["features"]),
            tuple(tuple(map(float, row)) for row in numbers["coefficients"]),
            tuple(map(float, numbers["intercepts"])),
        )

    def predict(self, question: Mapping[str, float]) -> tuple[str, float]:
        """Return the likeliest class and its probability."""
        scores = [
            self._score(row, start, question)
            for row, start in zip(self.coefficients, self.intercepts, strict=True)
        ]
        powers = [math.exp(score - max(scores)) for score in scores]
        best = powers.index(max(powers))
        return self.classes[best], powers[best] / sum(powers)

    def any_question(self) -> Mapping[str, float]:
        """Return random features, so that no submission can have prepared the answer."""
        return {name: round(random.uniform(LOW, HIGH), DECIMALS) for name in self.features}  # noqa: S311 - no secret

    def _score(self, row: Sequence[float], start: float, question: Mapping[str, float]) -> float:
        return start + sum(weight * question[name] for weight, name in zip(row, self.features, strict=True))

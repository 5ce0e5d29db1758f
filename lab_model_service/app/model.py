"""The model: a logistic regression of scikit-learn, fitted to the measurements of 150 irises.

Its numbers are in `model.json`. A pickle would run whatever it says, and would only load with the release of
scikit-learn that wrote it; numbers do neither.
"""

import json
import os
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

PATH = Path(os.environ.get("MODEL_PATH") or Path(__file__).with_name("model.json"))


class NotLoaded(Exception):  # noqa: N818 - a state of the service, not a fault
    """There is no model to ask; the message says why."""


class Model:
    """The estimator and the names of its features."""

    def __init__(self, path: Path) -> None:
        try:
            numbers = json.loads(path.read_text("utf-8"))
            self.features = list(numbers["features"])
            self._estimator = LogisticRegression()
            self._estimator.classes_ = np.array(numbers["classes"])
            self._estimator.coef_ = np.array(numbers["coefficients"], dtype=float)
            self._estimator.intercept_ = np.array(numbers["intercepts"], dtype=float)
        except (OSError, ValueError, KeyError) as error:
            raise NotLoaded(f"no model at {path}: {error}") from error

    def predict(self, question: dict[str, float]) -> tuple[str, float]:
        """Return the likeliest species and its probability; KeyError when a feature is missing."""
        row = np.array([[float(question[name]) for name in self.features]])
        probabilities = self._estimator.predict_proba(row)[0]
        best = int(probabilities.argmax())
        return str(self._estimator.classes_[best]), float(probabilities[best])


def load() -> Model | None:
    """Return the model; None when there is none, which `GET /health` then says."""
    try:
        return Model(PATH)
    except NotLoaded as why:
        print(why, flush=True)
        return None

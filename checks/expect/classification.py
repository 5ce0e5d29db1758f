"""Assertions about a service that classifies: its predictions, its example, and what it says of itself."""

import math
from collections.abc import Collection, Mapping
from typing import Any

from checks.evidence.service.classifier import Classifier
from checks.evidence.service.service import Answer
from checks.expect.service import OK
from checks.outcomes import CheckFailed
from checks.sanitize import fenced, sanitize_line

APP = "The image must serve the source in this folder as it is when you build, and its model."
ABOUT = "`GET /metadata` in app/metadata.py: a JSON object; the README lists its keys."
VERSION = (
    "`ARG VERSION` is there during the build alone: `ENV VERSION=$VERSION` hands it to the service, which reads it "
    "with os.environ."
)


def classifies(answer: Answer, model: Classifier, question: Mapping[str, float], tolerance: float) -> None:
    """Assert that the answer is this model's prediction."""
    species, probability = model.predict(question)
    given = answer.content.get("probability")
    is_right = isinstance(given, float) and math.isclose(given, probability, rel_tol=tolerance)
    if answer.status != OK or not is_right or answer.content.get("species") != species:
        raise CheckFailed(
            f"status {OK}, `{species}` and its probability {probability:.4f}... for {dict(question)}",
            f"status {answer.status} and\n{fenced(answer.text)}",
            APP,
        )


def example_of(answer: Answer, features: Collection[str]) -> Mapping[str, float]:
    """Return the example in an answer, a finite number for each feature."""
    found = {name: _number(value) for name, value in answer.content.items()}
    if answer.status != OK or any(found.get(name) is None for name in features):
        raise CheckFailed(
            f"`GET /example` answers with a number for each of {', '.join(features)}",
            f"status {answer.status} and\n{fenced(answer.text)}",
            APP,
        )
    return {name: number for name in features if (number := found[name]) is not None}


def _number(value: object) -> float | None:
    """Return a number of JSON as a float; None for `NaN`, for one that is too large, and for anything else."""
    try:
        number = float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def describes(answer: Answer, keys: Collection[str], features: Collection[str], version: str) -> None:
    """Assert that the answer has something for each key, the model's features, and the version of this build."""
    missing = [key for key in keys if not answer.content.get(key)]
    if answer.status != OK or missing:
        lacks = f"without {', '.join(f'`{key}`' for key in missing)}: " if missing else ""
        raise CheckFailed(
            f"`GET /metadata` answers {OK} with {', '.join(keys)} and version",
            f"{lacks}status {answer.status} and\n{fenced(answer.text)}",
            ABOUT,
        )
    _lists(answer.content["features"], features)
    if answer.content.get("version") != version:
        said = sanitize_line(str(answer.content.get("version")))
        raise CheckFailed(f"`version` is `{version}`, the VERSION of this build", f"it is `{said}`", VERSION)


def _lists(said: Any, features: Collection[str]) -> None:
    if not isinstance(said, list) or set(map(str, said)) != set(features):
        expected = f"`features` lists those of the model: {', '.join(features)}"
        raise CheckFailed(expected, f"it is `{sanitize_line(str(said))}`", ABOUT)

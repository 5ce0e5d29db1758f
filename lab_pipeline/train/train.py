# ruff: noqa: INP001 - the script of an image, no package
"""Train a model of rents, put it into the store, and print how good it is. It is ready; leave it as it is.

A model is text (JSON): who loads one runs nothing of it. Each training adds a version to the store; `model.json`
is the one in use.
"""

import csv
import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).with_name("rents.csv")
STORE = Path("/models")
CURRENT, METRICS = "model.json", "metrics.json"
HELD_BACK = 0.2  # of the rows, in each trial: a model is judged by what it has not seen


def read(path: Path) -> tuple[list[str], Any, Any]:
    """The names of the features, the features of each row, and the rent of each."""
    with path.open(newline="") as file:
        header, *rows = csv.reader(file)
    table = np.array(rows, dtype=float)
    return header[:-1], table[:, :-1], table[:, -1]


def fit(features: Any, target: Any) -> Any:
    """The coefficients of the least squares; the last one is the intercept."""
    ones = np.ones((len(features), 1))
    return np.linalg.lstsq(np.hstack([features, ones]), target, rcond=None)[0]


def predict(coefficients: Any, features: Any) -> Any:
    """One rent for each row."""
    return features @ coefficients[:-1] + coefficients[-1]


def trial(features: Any, target: Any, random: Any) -> float:
    """The root mean square error, in euros, of a model that has not seen a part of the rows."""
    order = random.permutation(len(target))
    unseen, seen = np.split(order, [max(1, int(len(order) * HELD_BACK))])
    error = predict(fit(features[seen], target[seen]), features[unseen]) - target[unseen]
    return float(np.sqrt(np.mean(error**2)))


def put(name: str, content: dict[str, Any]) -> None:
    """Write a file of the store at once, so that nobody reads half of it."""
    fresh = STORE / f"{name}.new"
    fresh.write_text(json.dumps(content, indent=1))
    fresh.replace(STORE / name)


def main() -> None:
    """`TRIALS` says how often to try; a mean error above `MAX_RMSE` is a failure, and no model is written."""
    trials, most = int(os.environ.get("TRIALS", "20")), float(os.environ.get("MAX_RMSE", "inf"))
    names, features, target = read(DATA)
    random = np.random.default_rng(0)
    rmse = sum(trial(features, target, random) for _ in range(trials)) / trials
    if rmse > most:
        sys.exit(f"no model: it would be wrong by {rmse:.2f} EUR, and {most:g} are allowed")
    *coefficients, intercept = map(float, fit(features, target))
    version = secrets.token_hex(4)
    metrics = {"model_version": version, "rows": len(target), "rmse_eur": round(rmse, 3), "trials": trials}
    model = {"version": version, "features": names, "coefficients": coefficients, "intercept": intercept}
    put(f"model-{version}.json", model)
    put(METRICS, metrics)
    put(CURRENT, model)
    print(json.dumps(metrics))


if __name__ == "__main__":
    main()

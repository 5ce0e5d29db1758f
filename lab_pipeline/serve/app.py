# ruff: noqa: INP001 - the app of an image, no package
"""The service: what rent would be asked for an apartment? It is ready; leave it as it is.

It serves the model that the store has now, and takes a new one without a restart.
"""

import json
from pathlib import Path
from typing import Any

from flask import Flask, request

GREETING = "Rents are at /predict"
STORE = Path("/models")
CURRENT = "model.json"
Reply = tuple[dict[str, Any], int]

app = Flask(__name__)


def current() -> dict[str, Any] | None:
    """The model in use; None while there is none."""
    try:
        model: dict[str, Any] = json.loads((STORE / CURRENT).read_text())
    except OSError:
        return None
    return model


@app.get("/")
def root() -> dict[str, str]:
    """Where to go on."""
    return {"message": GREETING}


@app.get("/health")
def health() -> Reply:
    """200 as long as there is a model to ask."""
    model = current()
    if model is None:
        return {"status": f"no model in {STORE}"}, 503
    return {"status": "ready", "model_version": model["version"]}, 200


@app.get("/models")
def models() -> dict[str, list[str]]:
    """The versions in the store."""
    return {"versions": sorted(path.stem.partition("-")[2] for path in STORE.glob("model-*.json"))}


@app.post("/predict")
def predict() -> Reply:
    """The rent for `{"features": [area in square metres, rooms, kilometres to the centre]}`."""
    model = current()
    if model is None:
        return {"error": f"no model in {STORE}"}, 503
    question = request.get_json(silent=True)
    features = question.get("features") if isinstance(question, dict) else None
    if not _fits(features, model["coefficients"]):
        return {"error": f"send one number for each of {', '.join(model['features'])}"}, 422
    rent = model["intercept"] + sum(map(float.__mul__, model["coefficients"], map(float, features)))
    return {"prediction": rent, "model_version": model["version"]}, 200


def _fits(features: Any, coefficients: list[float]) -> bool:
    """Whether these are numbers, as many as the model asks for."""
    if not isinstance(features, list) or len(features) != len(coefficients):
        return False
    return all(isinstance(value, int | float) for value in features)

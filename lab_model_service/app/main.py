"""The service: which iris is it? It is ready; leave it as it is. What it says of itself is in `metadata.py`."""

import json
import os
import time

from flask import Flask, Response, jsonify, request

from app.metadata import metadata
from app.model import load

app = Flask(__name__)
app.register_blueprint(metadata)
model = load()

SERVICE = "Irises are told apart by"
# How long a prediction takes at least, in seconds: for trying what becomes of a request when the service stops.
DELAY = float(os.environ.get("PREDICT_DELAY") or 0)


@app.post("/predict")
def predict() -> Response | tuple[Response, int]:
    """Tell the species from measurements in centimetres.

    Example: {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}
    """
    time.sleep(DELAY)
    if model is None:
        return jsonify(error="there is no model"), 503
    try:
        species, probability = model.predict(request.get_json())
    except (KeyError, TypeError, ValueError) as wrong:
        return jsonify(error=f"a number for each of {model.features}: {wrong!r}"), 422
    return jsonify(species=species, probability=probability, service=SERVICE)


@app.get("/example")
def example() -> Response:
    """A question for `/predict`, as its docstring gives it."""
    return jsonify(json.loads((predict.__doc__ or "").partition("Example:")[2]))


@app.get("/health")
def health() -> tuple[Response, int]:
    """200 once a model is loaded, 503 before."""
    return (jsonify(status="ready"), 200) if model else (jsonify(status="no model"), 503)

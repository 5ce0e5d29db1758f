"""What the service says of itself."""

from flask import Blueprint, Response, jsonify

metadata = Blueprint("metadata", __name__)

ABOUT = {
    "title": "Iris species",
    "dataset": "Iris, by R. A. Fisher",
    "dataset_link": "https://archive.ics.uci.edu/dataset/53/iris",
    "description": "A logistic regression that tells three species of iris apart by four measurements.",
    "features": ["sepal_length", "sepal_width", "petal_length", "petal_width"],
    "output": "species",
}


@metadata.get("/metadata")
def about() -> Response:
    """What it predicts, from what, and in which version."""
    return jsonify(ABOUT | {"version": "1.0.0"})

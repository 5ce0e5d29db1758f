"""What the service says of itself. This file is yours to write.

TODO: `GET /metadata` answers with a JSON object, whose keys the README of this folder lists. The version is the
one that the image was built as: `docker build --build-arg VERSION=1.0.0`.
"""

from flask import Blueprint

metadata = Blueprint("metadata", __name__)

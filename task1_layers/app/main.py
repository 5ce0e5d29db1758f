"""The service that goes into the image: one endpoint that says hello."""

from typing import Dict

from fastapi import FastAPI

app = FastAPI(title="Hello")


@app.get("/")
def hello() -> Dict[str, str]:  # noqa: UP006 - the course installs Python 3.8
    return {"message": "Hello World"}

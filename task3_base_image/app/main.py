"""The service that goes into the image: one endpoint that says hello."""

from typing import Dict

from fastapi import FastAPI

app = FastAPI(title="Hello")


@app.get("/")
def hello() -> Dict[str, str]:
    return {"message": "Hello World"}

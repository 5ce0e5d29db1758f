"""The service: how far will the disease have progressed in a year? It is ready; leave it as it is.

What it must be told from outside (how much to log, which model, whose key) comes from `settings.py`.
"""

import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel

from app.metrics import PLAIN_TEXT, Metrics
from app.model import ModelFile, NotLoaded
from app.settings import Settings, load

GREETING = "Predictions are at /predict"


class Question(BaseModel):
    """Age in years, body mass index, blood pressure in mmHg."""

    features: list[float]


def create(settings: Settings) -> FastAPI:
    """The service with these settings."""
    logging.basicConfig(level=settings.log_level.upper())
    app = FastAPI(title="Predictions")
    model = ModelFile(settings.model_path)
    metrics = Metrics(GREETING)

    @app.middleware("http")
    async def count(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await answer(request)
        if request.url.path != "/metrics":
            metrics.count(response.status_code)
        return response

    def authorised(x_api_key: Annotated[str, Header()] = "") -> None:
        """Whoever has no key gets no answer; without a key of its own, the service knows nobody."""
        expected = settings.api_key.encode()
        if not expected or not hmac.compare_digest(x_api_key.encode(), expected):
            raise HTTPException(401, "send the right API key in X-API-Key")

    @app.get("/")
    def root() -> dict[str, str]:
        return {"message": GREETING}

    @app.get("/health")
    def health() -> dict[str, str]:
        try:
            return {"status": "ready", "model_version": model.current().version}
        except NotLoaded as why:
            raise HTTPException(503, str(why)) from why

    @app.get("/config")
    def config() -> dict[str, str]:
        return {"log_level": settings.log_level, "model_path": str(settings.model_path)}

    @app.get("/metrics")
    def measured() -> Response:
        try:
            version = model.current().version
        except NotLoaded:
            version = ""
        return Response(metrics.text(version), media_type=PLAIN_TEXT)

    @app.post("/predict", dependencies=[Depends(authorised)])
    def predict(question: Question) -> dict[str, Any]:
        try:
            current = model.current()
        except NotLoaded as why:
            raise HTTPException(503, str(why)) from why
        try:
            return {"prediction": current.predict(question.features), "model_version": current.version}
        except ValueError as wrong:
            raise HTTPException(422, str(wrong)) from wrong

    return app


app = create(load())

"""The service that the labs hand out: who gets a prediction, from which model, and what it tells of itself.

scikit-learn is in the service's image only; an estimator that the pickle brings along stands in for one of its.
"""

import asyncio
import pickle
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from checks.lab import ROOT

KEY = "a-key-of-this-test"
FOLDER = ROOT / "lab_env_secrets"


class StubEstimator:
    """Stands in for a trained model: adds what it is asked about to its own number."""

    def __init__(self, base: float) -> None:
        self.base = base

    def predict(self, rows: list[list[float]]) -> list[float]:
        if any(len(row) != 3 for row in rows):
            raise ValueError("three features were expected")
        return [self.base + sum(row) for row in rows]


@dataclass(frozen=True)
class Client:
    """Asks an app in this process."""

    app: Any

    def get(self, path: str) -> httpx.Response:
        return self._ask("GET", path)

    def post(self, path: str, **what: Any) -> httpx.Response:
        return self._ask("POST", path, **what)

    def _ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
                return await client.request(method, path, **what)

        return asyncio.run(asked())


@dataclass(frozen=True)
class Modules:
    """The app's own modules, under names that no other app of the course takes away."""

    main: Any
    settings: Any


@pytest.fixture(scope="module")
def app() -> Iterator[Modules]:
    sys.path.insert(0, str(FOLDER))
    try:
        yield Modules(import_module("app.main"), import_module("app.settings"))
    finally:
        sys.path.remove(str(FOLDER))
        for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
            del sys.modules[name]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tmp_path / "model.pkl"


def put(model: Path, version: str, base: float) -> None:
    """Put a model in place as `make models` does: another file under the same name."""
    fresh = model.with_suffix(".new")
    fresh.write_bytes(pickle.dumps({"version": version, "estimator": StubEstimator(base)}))
    fresh.replace(model)


@pytest.fixture
def client(app: Modules, model: Path) -> Callable[..., Client]:
    def make(key: str = KEY, level: str = "info") -> Client:
        settings = app.settings.Settings(log_level=level, model_path=str(model), api_key=key)
        return Client(app.main.create(settings))

    return make


def ask(client: Client, *features: float, key: str = KEY) -> httpx.Response:
    return client.post("/predict", json={"features": features}, headers={"X-API-Key": key})


def test_says_what_it_is_without_a_key(client: Callable[..., Client]) -> None:
    assert client().get("/").status_code == 200


def test_is_healthy_when_the_model_is_there(client: Callable[..., Client], model: Path) -> None:
    service = client()
    assert service.get("/health").status_code == 503
    put(model, "one", 0.0)
    answer = service.get("/health")
    assert (answer.status_code, answer.json()["model_version"]) == (200, "one")
    model.unlink()
    assert service.get("/health").status_code == 503


def test_predicts(client: Callable[..., Client], model: Path) -> None:
    put(model, "one", 10.0)
    answer = ask(client(), 1, 2, 3)
    assert (answer.status_code, answer.json()) == (200, {"prediction": 16.0, "model_version": "one"})


def test_uses_a_new_model_at_once(client: Callable[..., Client], model: Path) -> None:
    put(model, "one", 10.0)
    service = client()
    assert ask(service, 0, 0, 0).json()["model_version"] == "one"
    put(model, "two", 20.0)
    assert ask(service, 0, 0, 0).json() == {"prediction": 20.0, "model_version": "two"}


@pytest.mark.parametrize("content", [b"", b"no pickle", pickle.dumps(["no", "mapping"])])
def test_a_broken_model_is_no_model(client: Callable[..., Client], model: Path, content: bytes) -> None:
    model.write_bytes(content)
    service = client()
    assert (service.get("/health").status_code, ask(service, 1, 2, 3).status_code) == (503, 503)
    put(model, "mended", 0.0)
    assert service.get("/health").status_code == 200


@pytest.mark.parametrize("key", ["", "another", KEY.upper(), KEY[:-1]])
def test_turns_away_whoever_has_no_key(client: Callable[..., Client], model: Path, key: str) -> None:
    put(model, "one", 0.0)
    assert ask(client(), 1, 2, 3, key=key).status_code == 401


def test_without_a_key_of_its_own_it_serves_nobody(client: Callable[..., Client], model: Path) -> None:
    put(model, "one", 0.0)
    assert ask(client(key=""), 1, 2, 3, key="").status_code == 401


@pytest.mark.parametrize("features", [[], [1.0], [1.0, 2.0, 3.0, 4.0]])
def test_says_when_a_question_is_wrong(
    client: Callable[..., Client], model: Path, features: list[float]
) -> None:
    put(model, "one", 0.0)
    assert ask(client(), *features).status_code == 422


def test_tells_its_configuration_and_never_the_key(client: Callable[..., Client], model: Path) -> None:
    answer = client(level="debug").get("/config")
    assert answer.json() == {"log_level": "debug", "model_path": str(model)}
    assert KEY not in answer.text

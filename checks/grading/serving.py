"""Boot an ML service with its inputs from outside the image: settings, a folder of models, a secret."""

import random
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checks.evidence.service.model import Model
from checks.evidence.service.service import Answer, Question, Service
from checks.expect.predictions import predicts
from checks.sections import ModelSettings, PredictionSettings

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence

KEY_HEADER = "X-API-Key"
KEY_VARIABLE = "API_KEY"
UNAUTHORISED = 401


@dataclass(frozen=True, slots=True)
class ContainerInputs:
    """A container's inputs: `models` and `secret` are paths on this machine, `key` is the secret's content."""

    environment: Mapping[str, str]
    models: Path
    secret: Path
    key: str

    def volumes(self, asked: ModelSettings) -> Sequence[str]:
        """Return the values for `docker run --volume`, both read-only."""
        return [f"{self.models}:{asked.models}:ro", f"{self.secret}:{asked.secret}:ro"]


def prepare(
    evidence: "LabEvidence", model: Model, file: str, level: str, *, key_in_environment: bool
) -> ContainerInputs:
    """Put a model into its own folder, and a new key into a file.

    The environment has the model's path and the log level. It has an `API_KEY` too: the right one, for services
    that read it there, or a wrong one, which the service must reject.
    """
    key, models, place = (
        secrets.token_hex(16),
        *(evidence.folder(f"{level}-{what}") for what in ("models", "key")),
    )
    model.put(models, file)
    secret = place / "api_key"
    secret.write_text(key, "utf-8")
    secret.chmod(0o644)
    in_environment = key if key_in_environment else secrets.token_hex(16)
    path = f"{evidence.lab.asks(ModelSettings).models}/{file}"
    return ContainerInputs(
        {"LOG_LEVEL": level, "MODEL_PATH": path, KEY_VARIABLE: in_environment}, models, secret, key
    )


@dataclass(frozen=True)
class Serving:
    """The running service and its inputs."""

    service: Service
    given: ContainerInputs

    def predict(self, features: Sequence[float], *keys: str) -> Answer:
        """Ask for a prediction; return the answer to the first accepted key, or else to the last key."""
        for key in keys:
            answer = self.service.ask(Question("/predict", {"features": list(features)}, {KEY_HEADER: key}))
            if answer.status != UNAUTHORISED:
                break
        return answer


@contextmanager
def serving(evidence: "LabEvidence", given: ContainerInputs) -> Iterator[Serving]:
    """Boot the lab's image with these inputs."""
    name, volumes = evidence.lab.dockerfile, given.volumes(evidence.lab.asks(ModelSettings))
    with evidence.service(name, environment=given.environment, volumes=volumes) as service:
        yield Serving(service, given)


def another_key(key: str) -> str:
    """Return a new key of the same form, which must open nothing."""
    return secrets.token_hex(len(key) // 2)


def any_features(asked: PredictionSettings) -> list[float]:
    """Return random features, so that no submission can have prepared the answer."""
    return [round(random.uniform(low, high), 1) for low, high in asked.features]  # noqa: S311 - no secret


def predicts_as(service: Service, model: Model, asked: PredictionSettings, help: str) -> None:
    """Assert that a service without keys answers a random question with this model's prediction."""
    features = any_features(asked)
    answer = service.ask(Question("/predict", {"features": features}))
    predicts(answer, model, features, asked.tolerance, help)

"""An ML service at work, with all that it is given from outside: settings, a folder of models, a secret."""

import random
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checks.evidence.service.model import Model
from checks.evidence.service.service import Answer, Question, Service
from checks.sections import ModelSettings

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence

KEY_HEADER = "X-API-Key"
KEY_VARIABLE = "API_KEY"
UNAUTHORISED = 401


@dataclass(frozen=True, slots=True)
class ContainerInputs:
    """What a container gets: `models` and `secret` are places on this machine, `key` is what the secret says."""

    environment: Mapping[str, str]
    models: Path
    secret: Path
    key: str

    def volumes(self, asked: ModelSettings) -> Sequence[str]:
        """As `docker run --volume` has them, both read-only."""
        return [f"{self.models}:{asked.models}:ro", f"{self.secret}:{asked.secret}:ro"]


def prepare(
    evidence: "LabEvidence", model: Model, file: str, level: str, *, key_in_environment: bool
) -> ContainerInputs:
    """Put a model into a folder of its own, and a new key into a file.

    The environment says where the model is and how much to log. It has an `API_KEY` too: the right one, for
    those who read it there, or another one, which must open nothing.
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
    """The service, and what it was given."""

    service: Service
    given: ContainerInputs

    def predict(self, features: Sequence[float], *keys: str) -> Answer:
        """Ask for a prediction: the answer to the first of the keys that is let in, else to the last one."""
        for key in keys:
            answer = self.service.ask(Question("/predict", {"features": list(features)}, {KEY_HEADER: key}))
            if answer.status != UNAUTHORISED:
                break
        return answer


@contextmanager
def serving(evidence: "LabEvidence", given: ContainerInputs) -> Iterator[Serving]:
    """The image, booted with it."""
    name, volumes = evidence.lab.dockerfile, given.volumes(evidence.lab.asks(ModelSettings))
    with evidence.service(name, environment=given.environment, volumes=volumes) as service:
        yield Serving(service, given)


def any_features(asked: ModelSettings) -> list[float]:
    """Something to ask that nobody has prepared an answer to."""
    return [round(random.uniform(low, high), 1) for low, high in asked.features]  # noqa: S311 - no secret

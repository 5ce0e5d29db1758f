"""Models and keys that a lab hands out: a model trained for this grading, and the key in a leaky image.

The lab's own trainer runs inside the engine. Nothing is unpickled here: the trainer writes the coefficients
beside the pickle (`model.json`), so arithmetic tells a right prediction from a wrong one.

The key is in no file of the repository. It is computed from the salt in `lab.yaml` and the Dockerfile that
leaks it, so everyone who builds that image gets the same one (docs/decisions explains why).
"""

import hmac
import json
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from checks.evidence.service.model import FILE, Model
from checks.sections import LeakyImage, ModelSettings

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence


FOLDER = "leaky"


@dataclass(frozen=True, slots=True)
class Leak:
    """`key`, and two of the places that hold it: a variable of the image, and a deleted file."""

    key: str
    variable: str
    file: str


def leak_of(lab_folder: Path, about: LeakyImage) -> Leak:
    """Compute the key and the places that a student must find."""
    recipe = (lab_folder / FOLDER / "Dockerfile").read_bytes()
    digest = hmac.new(about.salt.encode(), recipe, sha256).hexdigest()
    return Leak(f"live-{digest[:32]}", about.variable, about.file)


def training(trainer: Path, version: str, written: Path) -> list[str]:
    """Return the `docker` arguments that train a model and write it into a folder.

    This is the grader's own build, without a control group, so it finds its packages in the cache in every slot.
    """
    output = ["--output", f"type=local,dest={written}", "--build-arg", f"VERSION={version}"]
    return ["buildx", "build", "--builder=default", *output, str(trainer)]


def train(evidence: "LabEvidence") -> Model:
    """Train a new version with a random name; this takes about a second once the trainer is built."""
    version = secrets.token_hex(8)
    written = evidence.folder(f"model-{version}")
    context = evidence.lab.starter / evidence.lab.asks(ModelSettings).trainer
    engine, _ = evidence.engines.ready()
    evidence.engines.base(evidence.lab.image.base)
    with evidence.step("trains a model"):
        engine.run_cli(*training(context, version, written))
    about = json.loads((written / "model.json").read_text("utf-8"))
    coefficients = tuple(map(float, about["coefficients"]))
    return Model(version, coefficients, float(about["intercept"]), (written / FILE).read_bytes())

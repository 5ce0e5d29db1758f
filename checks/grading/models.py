"""The API key that the leaky image of a lab leaks: it is nowhere in the repository, and everybody makes the same.

It is computed, from the salt in `lab.yaml` and the Dockerfile that leaks it, by whoever builds that image and
by whoever grades the answer. docs/decisions says what that is good for, and what it is not.

Models for a graded service: trained by the lab's own trainer, inside the engine, new for every grading.

Nothing is unpickled here. The trainer writes what its model computes beside it (`model.json`), and that is
arithmetic: one can tell a right prediction from a wrong one without asking anybody.
"""

import hmac
import json
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from checks.evidence.service.model import FILE, Model
from checks.lab import Lab

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence


FOLDER = "leaky"


@dataclass(frozen=True, slots=True)
class Leak:
    """`key`, and two of the places where it can be found: a variable of the image, and a file that was deleted."""

    key: str
    variable: str
    file: str


def leak_of(lab: Lab) -> Leak:
    """What a student must find."""
    about = lab.value("leaky")
    recipe = (lab.folder / FOLDER / "Dockerfile").read_bytes()
    digest = hmac.new(str(about["salt"]).encode(), recipe, sha256).hexdigest()
    return Leak(f"live-{digest[:32]}", str(about["variable"]), str(about["file"]))


def training(trainer: Path, version: str, written: Path) -> list[str]:
    """The arguments of `docker` that train a model and write it into a folder.

    It is our own build, in no control group: so its packages are in the cache whatever else is being built.
    """
    output = ["--output", f"type=local,dest={written}", "--build-arg", f"VERSION={version}"]
    return ["buildx", "build", "--builder=default", *output, str(trainer)]


def train(evidence: "LabEvidence") -> Model:
    """Train another version, of a name that nobody can know; about a second, once the trainer is built."""
    version = secrets.token_hex(8)
    written = evidence.folder(f"model-{version}")
    context = evidence.lab.folder / evidence.lab.text("trainer")
    engine, _ = evidence.engines.ready()
    evidence.engines.base(evidence.lab.text("base"))
    with evidence.step("trains a model"):
        engine.run_cli(*training(context, version, written))
    about = json.loads((written / "model.json").read_text("utf-8"))
    coefficients = tuple(map(float, about["coefficients"]))
    return Model(version, coefficients, float(about["intercept"]), (written / FILE).read_bytes())

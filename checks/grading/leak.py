"""The API key that the leaky image of a lab leaks: it is nowhere in the repository, and everybody makes the same.

It is computed, from the salt in `lab.yaml` and the Dockerfile that leaks it, by whoever builds that image and
by whoever grades the answer. docs/decisions says what that is good for, and what it is not.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256

from checks.grading.lab import Lab

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

"""What an image of lab_env_secrets carries, and what only looks as if it did: built, and looked into.

Small Dockerfiles, since only layers, configuration and history are looked at; nothing is booted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from checks import check_lab_env_secrets as lab_env_secrets
from checks.check_lab_env_secrets import Asked
from checks.engine import Engine
from checks.evidence.image.image import Image
from checks.evidence.submission.submission import open_submission
from checks.grading.engines import Engines
from checks.grading.evidence import LabEvidence
from checks.lab import Lab, load_lab
from checks.outcomes import CheckFailed
from checks.reports.progress import Progress

pytestmark = pytest.mark.builds_lab("lab_env_secrets")

ALL = "FROM scratch\nCOPY . /server/\n"
ONLY_THE_APP = "*\n!app\n!requirements.txt\n**/__pycache__\n"


@pytest.fixture(scope="module")
def lab() -> Lab:
    return load_lab("EnvSecrets")


@pytest.fixture(scope="module")
def asked(lab: Lab) -> Asked:
    return lab.asks(Asked)


@pytest.fixture(scope="module")
def engines(engine: Engine) -> Iterator[Engines]:  # noqa: ARG001 - one is there
    with Engines("auto", Progress.silent().step) as engines:
        yield engines


@dataclass(frozen=True)
class Looked:
    """An image, and the one with every build argument filled in."""

    plain: Image
    filled: Image


@pytest.fixture
def look(lab: Lab, engines: Engines, tmp_path: Path) -> "Look":
    return Look(lab, engines, tmp_path)


@dataclass(frozen=True)
class Look:
    """Builds a submission that consists of a Dockerfile and perhaps a .dockerignore."""

    lab: Lab
    engines: Engines
    room: Path

    def __call__(self, dockerfile: str, ignored: str = ONLY_THE_APP) -> Looked:
        return self.into({"Dockerfile": dockerfile, ".dockerignore": ignored})

    def into(self, files: Mapping[str, str]) -> Looked:
        folder = self.room / "student" / self.lab.id
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text)
        room = self.room / "room"
        room.mkdir()
        with open_submission(folder.parent) as submission:
            evidence = LabEvidence(self.lab, submission, room, self.engines, Progress.silent().step)
            plain = evidence.image("Dockerfile")
            return Looked(plain, evidence.filled_image("Dockerfile") or plain)


LEAKS = {
    "an argument in the environment": "ARG API_KEY\nENV API_KEY=${API_KEY}",
    "an argument that something ran behind": "ARG REVISION\nRUN true",
    "an argument with a default that nobody will leave": "ARG DOWNLOAD_TOKEN=none\nRUN true",
    "a label": 'ARG API_KEY\nLABEL contact="ask ${API_KEY}"',
    "a mounted secret written out": "RUN --mount=type=secret,id=api_key cp /run/secrets/api_key /key",
    "the same in base64": "RUN --mount=type=secret,id=api_key base64 /run/secrets/api_key > /key",
    "deleted in the next layer": "RUN --mount=type=secret,id=k cp /run/secrets/k /key\nRUN rm /key",
    "the name of a file": 'RUN --mount=type=secret,id=k touch "/$(cat /run/secrets/k)"',
}
HARMLESS = {
    "a mounted secret that is only used": "RUN --mount=type=secret,id=k test -s /run/secrets/k",
    "an argument with a default": "ARG PORT=8000\nENV PORT=${PORT}\nRUN true",
    "an argument of another stage": "ARG TOKEN\nRUN echo $TOKEN > /used\nFROM {base}\nRUN true",
    "an argument that BuildKit fills in": "ARG TARGETARCH\nRUN echo $TARGETARCH > /architecture",
    # `ARG TOKEN` behind everything is not here: Engine 28.5 writes what it was given into the image's history.
    "words about keys": "ENV API_KEY_FILE=/run/secrets/api_key\nRUN echo secret > /secret",
}


@pytest.mark.parametrize("text", LEAKS.values(), ids=LEAKS.keys())
def test_a_secret_in_the_image(look: Look, lab: Lab, asked: Asked, text: str) -> None:
    found = look(f"FROM {lab.image.base}\n{text}\n")
    with pytest.raises(CheckFailed):
        lab_env_secrets.check_image_carries_no_secret(found.filled, asked)


def test_a_secret_that_an_earlier_grading_left_in_the_cache(
    lab: Lab, asked: Asked, engines: Engines, tmp_path: Path
) -> None:
    text = f"FROM {lab.image.base}\n{LEAKS['a mounted secret written out']}\n"
    for name in ("earlier", "later"):
        found = Look(lab, engines, tmp_path / name)(text)
        with pytest.raises(CheckFailed):
            lab_env_secrets.check_image_carries_no_secret(found.filled, asked)


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_no_secret_in_the_image(look: Look, lab: Lab, asked: Asked, text: str) -> None:
    base = lab.image.base
    found = look(f"FROM {base}\n{text.replace('{base}', base)}\n")
    lab_env_secrets.check_image_carries_no_secret(found.filled, asked)


UNTRIMMED = {
    "nothing is ignored": "",
    "only at the top": ".git\n.venv\n.env\n__pycache__\n*.pyc\nmodels\nsecrets\n",
    "taken back in": "*\n**/__pycache__\n!app\n",
    "one forgotten": ".git\n**/__pycache__\n.env\nmodels\nsecrets\n",
    "a part of models/": ".git\n.venv\n.env\n**/__pycache__\nmodels/*.pkl\nsecrets\n",
    "a comment": "# .git\n.venv\n.env\n**/__pycache__\nmodels\nsecrets\n",
}
TRIMMED = {
    "one by one": ".git\n.venv\n.env\n**/__pycache__\nmodels\nsecrets\n",
    "all but": ONLY_THE_APP,
    "by ending": ".git/\n.venv/\n.env*\n**/*.pyc\nmodels/**\nsecrets\n",
    "taken back in, and out again": "**\n!app/**\n!requirements.txt\napp/__pycache__\n",
    "from the root": "/.git\n/.venv\n./.env\n**/__pycache__/*\n/models/\nsecrets/*\n",
}


@pytest.mark.parametrize("ignored", UNTRIMMED.values(), ids=UNTRIMMED.keys())
def test_an_untrimmed_context(look: Look, asked: Asked, ignored: str) -> None:
    with pytest.raises(CheckFailed):
        lab_env_secrets.check_context_is_trimmed(look(ALL, ignored).plain, asked)


@pytest.mark.parametrize("ignored", TRIMMED.values(), ids=TRIMMED.keys())
def test_a_trimmed_context(look: Look, asked: Asked, ignored: str) -> None:
    found = look(ALL, ignored)
    lab_env_secrets.check_context_is_trimmed(found.plain, asked)
    lab_env_secrets.check_image_carries_no_model(found.plain, asked)
    lab_env_secrets.check_image_carries_no_secret(found.filled, asked)


MODELS = {
    "copied": (ALL, "*\n!models/model.pkl\n"),
    "under another name": ("FROM scratch\nCOPY models/model.pkl /m.bin\n", "secrets\n"),
    "made in the build": ("FROM {base}\nRUN mkdir /models && echo a model > /models/first.bin\n", "*\n"),
    "deleted later": ("FROM {base}\nCOPY models/model.pkl /tmp/\nRUN rm /tmp/model.pkl\n", "secrets\n"),
}


@pytest.mark.parametrize(("dockerfile", "ignored"), MODELS.values(), ids=MODELS.keys())
def test_a_model_in_the_image(look: Look, lab: Lab, asked: Asked, dockerfile: str, ignored: str) -> None:
    found = look(dockerfile.replace("{base}", lab.image.base), ignored)
    with pytest.raises(CheckFailed):
        lab_env_secrets.check_image_carries_no_model(found.plain, asked)

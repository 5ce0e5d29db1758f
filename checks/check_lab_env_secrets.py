"""Configuration and secrets: one image, and all that makes it a service comes from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from checks import expect
from checks.evidence.service.model import FILE, Model
from checks.evidence.service.processes import processes, views
from checks.expect.images import holds, made_of
from checks.expect.predictions import configured, not_root, predicts, served, turned_away
from checks.expect.secrets import carries_none, leak_found, no_files, shows_none
from checks.grading.canary_files import ARGUMENT
from checks.grading.check import check
from checks.grading.models import leak_of, train
from checks.grading.serving import KEY_VARIABLE, Serving, another_key, any_features, prepare, serving
from checks.sections import LeakSettings, ModelSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.evidence.image.built import Built
    from checks.evidence.image.image import Image
    from checks.grading.evidence import LabEvidence
    from checks.lab import Lab
    from checks.parsing.dockerfile.stages import Stage
    from checks.parsing.packages.build_files import Read
    from checks.parsing.text.yaml_node import YamlNode


@dataclass(frozen=True, kw_only=True)
class Asked(ModelSettings, LeakSettings):
    """What only this lab asks for.

    What is planted below `trimmed` must not reach the image at all; below `secrets`, the value itself must not,
    whichever way. `starter_key` is the key of the untouched settings, enough for Part 1.
    """

    packages: tuple[str, ...]
    trimmed: tuple[str, ...]
    secrets: tuple[str, ...]
    starter_key: str


OTHER = "other.pkl"  # what the second container is told to serve
TRIMMED = "Say in .dockerignore what stays outside (`**/name` for any folder), or copy less."


@pytest.fixture(scope="module")
def filled_image(evidence: LabEvidence, image: Image) -> Image:
    """The image as it is when each build argument that waits for a value got one; most have none."""
    return evidence.filled_image(evidence.lab.dockerfile) or image


@pytest.fixture(scope="module")
def models(evidence: LabEvidence, built: Built) -> tuple[Model, Model]:  # noqa: ARG001 - no image, no service
    """Two versions of the model."""
    return train(evidence), train(evidence)


@pytest.fixture(scope="module")
def first(evidence: LabEvidence, models: tuple[Model, Model]) -> Iterator[Serving]:
    """A container that gets its key in every way, so that predictions do not wait for Part 4."""
    given = prepare(evidence, models[0], FILE, "warning", key_in_environment=True)
    with serving(evidence, given) as service:
        yield service


@pytest.fixture(scope="module")
def second(evidence: LabEvidence, models: tuple[Model, Model]) -> Iterator[Serving]:
    """Another container of the same image: other settings, another model, and the key in its file alone."""
    given = prepare(evidence, models[1], OTHER, "debug", key_in_environment=False)
    models[0].put(given.models)  # for those who do not listen: the rest is judged all the same
    with serving(evidence, given) as service:
        yield service


@check(points=2, needs="serves-predictions")
def check_context_is_trimmed(image: Image, asked: Asked) -> None:
    """Nothing of `.git`, `__pycache__`, `.venv`, `.env` and `models/` reaches the image."""
    carries_none(image, asked.trimmed, "an image with nothing in it that only your machine needs", TRIMMED)


@check(points=1)
def check_requirements_before_source(stage: Stage, lab: Lab) -> None:
    """The requirements are copied and installed before the source is copied."""
    expect.dependencies_before_source(stage, lab.edit)


@check(points=1)
def check_packages_are_pinned(stage: Stage, asked: Asked, context: Read) -> None:
    """The Python packages are installed, each in its exact version."""
    expect.packages_pinned(stage, context, asked.packages)


@check(points=1)
def check_exposes_8000(stage: Stage, lab: Lab) -> None:
    """Port {port} is exposed."""
    expect.exposes(stage, lab.port)


@check(points=2, needs=("builds", "serves-predictions"))
def check_runs_as_non_root(image: Image, first: Serving) -> None:
    """Nothing in the container runs as root, and the image says so."""
    help = "`RUN useradd ...`, and `USER` with that name in the last stage, behind what only root may do."
    not_root(image.config.user, processes(first.service.running), help)


@check(points=1)
def check_builds(built: Built, stage: Stage, lab: Lab) -> None:
    """The Dockerfile builds."""
    made_of(built, stage, lab.nonce.file)


@check(points=2, needs="builds")
def check_serves_predictions(
    first: Serving, models: tuple[Model, Model], evidence: LabEvidence, asked: Asked, image: Image
) -> None:
    """The container serves the app from your folder, and predicts with the model that is mounted."""
    stage = evidence.dockerfile(evidence.lab.dockerfile).final
    context = evidence.context(evidence.lab.dockerfile).read
    holds(image, asked.packages, expect.packages_asked(stage, context))
    expect.answers(first.service.get("/"), evidence.nonce)
    help = "`model_path` in app/settings.py must lead to the model in the folder that is mounted."
    features = any_features(asked)
    answer = first.predict(features, first.given.key, asked.starter_key)
    predicts(answer, models[0], features, asked.tolerance, help)


@check(points=2)
def check_leaked_key_is_found(answers: YamlNode, lab: Lab, asked: Asked) -> None:
    """`answers.yaml` has the API key that the leaky image leaks, and two of the places where it does."""
    leak = leak_of(lab.starter, asked.leaky)
    expected = {"leaked_key": leak.key, "leaked_variable": leak.variable, "leaked_file": leak.file}
    leak_found(answers, expected, lab.target)


@check(points=3, needs="serves-predictions")
def check_image_carries_no_secret(filled_image: Image, asked: Asked) -> None:
    """No secret is in any layer of the image, deleted or not, in its configuration or in its history."""
    help = "What a build sees of a secret, everybody with the image sees. Give it to the container instead."
    carries_none(filled_image, [*asked.secrets, ARGUMENT], "an image without any secret", help)


@check(points=2, needs="serves-predictions")
def check_configured_from_outside(first: Serving, second: Serving, models: tuple[Model, Model]) -> None:
    """Two containers of one image with two `.env` files log as they are told, and serve the model they are told."""
    for container, model in zip((first, second), models, strict=True):
        configured(container.service, container.given.environment, model.version)


@check(points=1, needs="serves-predictions")
def check_image_carries_no_model(image: Image, asked: Asked) -> None:
    """There is no model in the image."""
    help = "Leave models/ out of the context; a model is mounted when the container starts."
    carries_none(image, [asked.model_file], "an image without a model", help)
    no_files(image, asked.model_file, asked.models, help)


@check(points=2, needs="serves-predictions")
def check_model_is_mounted(first: Serving, models: tuple[Model, Model], asked: Asked) -> None:
    """A new model in the folder, which is mounted read-only, is used at once, without a rebuild or a restart."""
    models[1].put(first.given.models)
    features = any_features(asked)
    answer = first.predict(features, first.given.key, asked.starter_key)
    help = "Have the service read the file in the mounted folder itself, not a copy that the start made."
    predicts(answer, models[1], features, asked.tolerance, help)


@check(points=2, needs="serves-predictions")
def check_secret_comes_from_a_file(second: Serving, asked: Asked) -> None:
    """Whoever sends the key in `{secret}` gets a prediction, and nobody else."""
    help = f"Read `{asked.secret}` in app/settings.py. The container has an `API_KEY` too; it must not count."
    features = any_features(asked)
    served(second.predict(features, second.given.key), f"the key in `{asked.secret}`", help)
    turned_away(second.predict(features, ""), "no key at all", help)
    for other in (second.given.environment[KEY_VARIABLE], another_key(second.given.key)):
        turned_away(second.predict(features, other), "another key", help)


@check(points=2, needs="secret-comes-from-a-file")
def check_inspect_shows_no_secret(second: Serving) -> None:
    """Neither `docker inspect`, `docker top` and `docker logs` nor `docker exec ... env` show the key."""
    help = "Print it nowhere, and pass it to no program as an argument; `set -x` prints all of a script."
    shows_none(second.given.key, views(second.service.running), "a key that only the service sees", help)

"""A production image: a model service in two stages, which tells who it is and how it is, and is published."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from checks import expect
from checks.engine.docker_run import READ_ONLY, WATCHED
from checks.evidence.image.figures import MEGA
from checks.evidence.image.provenance import listing, origins
from checks.evidence.service.classifier import Classifier
from checks.evidence.service.health import next_probe
from checks.evidence.service.processes import processes
from checks.evidence.service.service import Question
from checks.evidence.service.stop import stop
from checks.expect.classification import classifies, describes, example_of
from checks.expect.environments import environment_used
from checks.expect.health import finds_ill, finds_well, gives_time_to_start
from checks.expect.images import holds, made_of, no_build_tools
from checks.expect.ordering import ordered_by_change
from checks.expect.packages import all_pinned
from checks.expect.predictions import not_root
from checks.expect.publishing import published_twice
from checks.expect.secrets import carries_none
from checks.expect.stages import copies_what_was_installed, labelled, labelled_with_one
from checks.expect.stopping import stopped_in_time
from checks.grading.check import MEASURED, check
from checks.grading.naive import naive_image
from checks.grading.publishing import published
from checks.sections import NaiveSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.evidence.image.built import Built
    from checks.evidence.image.image import Image
    from checks.evidence.service.service import Service
    from checks.grading.check import Recorder
    from checks.grading.evidence import LabEvidence
    from checks.lab import Lab
    from checks.parsing.dockerfile.stages import Stage


@dataclass(frozen=True, kw_only=True)
class Asked(NaiveSettings):
    """What only this lab asks for.

    `packages` are names; their versions are the student's choice. `tolerance` of a probability is relative.
    `metadata` has the keys that `GET /metadata` answers with, beside `version`. Each group of `labels` wants one
    of its labels. `health_seconds` is what the health check may take until it has told, `stop_seconds` what the
    service may take to stop; `predict_delay` is how long a prediction takes meanwhile. `budget_mb` is what the
    image adds to its base, in 10^6 bytes. What is planted below `trimmed` must not reach the image.
    """

    packages: tuple[str, ...]
    model_file: str
    tolerance: float
    metadata: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    version_label: str
    variables: tuple[str, ...]
    health_seconds: float
    predict_delay: float
    stop_seconds: float
    budget_mb: float
    trimmed: tuple[str, ...]


TRIMMED = "Say in .dockerignore what stays outside (`**/name` for any folder), or copy less."
USER = "`RUN useradd ...`, and `USER` with that name in the last stage, behind what only root may do."
OTHER_PORTS = range(8001, 8100)


@pytest.fixture(scope="module")
def version(evidence: LabEvidence) -> str:
    """The VERSION of this build."""
    return evidence.arguments["VERSION"]


@pytest.fixture(scope="module")
def model(lab: Lab, asked: Asked) -> Classifier:
    """The model of the course, which no submission can replace."""
    return Classifier.read((lab.folder / asked.model_file).read_text("utf-8"))


@pytest.fixture(scope="module")
def moved(evidence: LabEvidence, asked: Asked, built: Built) -> Iterator[Service]:  # noqa: ARG001 - built first
    """A container that is told another port, and takes its time to predict."""
    port = random.choice(OTHER_PORTS)  # noqa: S311 - no secret
    environment = {"PORT": str(port), "PREDICT_DELAY": f"{asked.predict_delay}"}
    with evidence.service(
        evidence.lab.dockerfile, environment=environment, port=port, options=WATCHED
    ) as service:
        yield service


@pytest.fixture(scope="module")
def read_only(evidence: LabEvidence, built: Built) -> Iterator[Service]:  # noqa: ARG001 - built first
    """A container that may write nothing, except below `/tmp`."""
    with evidence.service(evidence.lab.dockerfile, options=READ_ONLY) as service:
        yield service


@check(points=2)
def check_is_multi_stage(stage: Stage) -> None:
    """The final stage copies what another stage has installed."""
    copies_what_was_installed(stage)


@check(points=1, needs="is-multi-stage")
def check_uses_a_virtual_environment(stage: Stage) -> None:
    """The packages are in a virtual environment, made in the builder, copied whole, and first on PATH."""
    environment_used(stage)


@check(points=1)
def check_packages_are_pinned(stage: Stage, asked: Asked, evidence: LabEvidence) -> None:
    """Pip is asked for exact versions only."""
    all_pinned(stage, evidence.context_file, asked.packages)


@check(points=1)
def check_orders_layers_by_change(stage: Stage, lab: Lab) -> None:
    """In every stage come the base, system packages, dependencies and code, in this order; the version is last."""
    ordered_by_change(stage, lab.edit, lab.arguments)


@check(points=1, needs="answers-predict-example-metadata")
def check_declares_labels(image: Image, asked: Asked, version: str) -> None:
    """The image says in OCI labels what it is, in which version, from where, under which licence, and by whom."""
    for keys in asked.labels:
        labelled_with_one(image, keys)
    labelled(image, {asked.version_label: version})


@check(points=1, needs="answers-predict-example-metadata")
def check_sets_python_environment(image: Image, asked: Asked) -> None:
    """The image sets PYTHONDONTWRITEBYTECODE and PYTHONUNBUFFERED."""
    for name in asked.variables:
        if not image.config.env.get(name):
            help = f"`ENV {name}=1` in the last stage: a stage begins with the variables of its base alone."
            raise expect.CheckFailed(
                f"`{name}` in the image's configuration, not empty", "there is none", help
            )


@check(points=1, needs="answers-predict-example-metadata")
def check_context_is_trimmed(image: Image, asked: Asked) -> None:
    """Nothing of `.git`, `__pycache__`, `.venv`, `.env`, `notebooks/` and `tests/` reaches the image."""
    carries_none(image, asked.trimmed, "an image with nothing in it that only your machine needs", TRIMMED)


@check(points=1)
def check_builds(built: Built, stage: Stage, lab: Lab) -> None:
    """The Dockerfile builds, with `--build-arg VERSION=...`."""
    made_of(built, stage, lab.nonce.file)


@check(points=2, needs="answers-predict-example-metadata")
def check_leaves_build_tools_behind(image: Image, stage: Stage, built: Built, evidence: LabEvidence) -> None:
    """No layer of the final image's own has a compiler, headers, bytecode, caches or package lists."""
    no_build_tools(image, origins(stage, built), evidence.path_of(evidence.lab.dockerfile))


@check(points=2, needs="answers-predict-example-metadata")
def check_runs_as_non_root(image: Image, service: Service, moved: Service) -> None:
    """Nothing in the container runs as root, whichever port `PORT` names, and it serves there."""
    not_root(image.config.user, processes(service.running), USER)
    moved.get("/health")
    not_root(image.config.user, processes(moved.running), USER)


@check(points=3, needs="builds")
def check_answers_predict_example_metadata(  # noqa: PLR0913 - the service, and what it must be
    service: Service,
    *,
    image: Image,
    stage: Stage,
    evidence: LabEvidence,
    asked: Asked,
    model: Classifier,
    version: str,
) -> None:
    """The service predicts with the model in your folder, gives an example, and says what it is."""
    holds(image, asked.packages, expect.packages_asked(stage, evidence.context_file))
    example = example_of(service.get("/example"), model.features)
    for question in (example, model.any_question()):
        answer = service.ask(Question("/predict", question))
        expect.answers(answer, evidence.nonce)
        classifies(answer, model, question, asked.tolerance)
    describes(service.get("/metadata"), asked.metadata, model.features, version)


@check(points=2, needs=("answers-predict-example-metadata", "runs-as-non-root"))
def check_tells_the_truth_about_health(
    image: Image, moved: Service, evidence: LabEvidence, asked: Asked
) -> None:
    """The health check gives time to start, and tells a service that works from one that cannot."""
    gives_time_to_start(image.config)
    moved.get("/health")
    finds_well(next_probe(moved.running, asked.health_seconds), "a service that works, on the port in PORT")
    broken = {"MODEL_PATH": "/nowhere/model.json"}
    with evidence.service(evidence.lab.dockerfile, environment=broken, options=WATCHED) as ill:
        ill.get("/health")
        finds_ill(
            next_probe(ill.running, asked.health_seconds),
            "a service without its model, whose `GET /health` is 503",
        )


@check(points=1, needs="runs-as-non-root")
def check_stops_in_time(moved: Service, asked: Asked, model: Classifier) -> None:
    """It stops within {stop_seconds} s of SIGTERM, and answers the request that is under way."""
    moved.get("/health")
    stopped_in_time(
        stop(moved, Question("/predict", model.any_question()), asked.stop_seconds), asked.stop_seconds
    )


@check(points=1, needs="answers-predict-example-metadata")
def check_survives_a_read_only_root(read_only: Service, model: Classifier, asked: Asked) -> None:
    """It works with a root that is read-only, and an empty `/tmp`."""
    question = model.any_question()
    classifies(read_only.ask(Question("/predict", question)), model, question, asked.tolerance)


@check(points=2, needs="answers-predict-example-metadata")
def check_within_size_budget(  # noqa: PLR0913 - both images, and the listing
    image: Image,
    *,
    stage: Stage,
    built: Built,
    evidence: LabEvidence,
    asked: Asked,
    record_property: Recorder,
) -> None:
    """It adds at most {budget_mb} MB to its base, and weighs at most {naive_percent} % of the naive image."""
    record_property(MEASURED, listing(origins(stage, built), image.layers))
    help = "The listing in the report says which line of your Dockerfile costs what."
    expect.at_most(image.own_bytes / MEGA, asked.budget_mb, "what the layers above the base add", "MB", help)
    naive = naive_image(evidence)
    what = f"the size, as a share of the {naive.size / MEGA:.0f} MB of the naive image"
    expect.at_most(100 * image.size / naive.size, asked.naive_percent, what, "%", help)


@check(points=1, needs=("orders-layers-by-change", "answers-predict-example-metadata"))
def check_is_rebuilt_from_cache(
    stage: Stage, built: Built, builds: Iterator[Built], evidence: LabEvidence
) -> None:
    """After an edit of the source, and in another version, a build reuses every layer with dependencies."""
    file = evidence.path_of(evidence.lab.dockerfile)
    expect.dependencies_reused(origins(stage, built), (each.layers for each in builds), file)


@check(points=1, needs="answers-predict-example-metadata")
def check_is_published_twice(evidence: LabEvidence, built: Built, version: str) -> None:
    """`make pushModelService` publishes it under its version and as `latest`, with one digest."""
    found = published(evidence, built.reference)
    published_twice(found.digests, version, evidence.path_of("publish.yaml"))

"""A production image: a model service in two stages, which tells who it is and how it is, and is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from checks import expect
from checks.engine.publication import FILE
from checks.evidence.image.contents import installed
from checks.evidence.image.figures import MEGA
from checks.evidence.image.provenance import listing, origins
from checks.evidence.service.classifier import Classifier
from checks.evidence.service.health import next_probe
from checks.evidence.service.processes import processes
from checks.evidence.service.service import Question
from checks.evidence.service.stop import stop
from checks.expect import (
    classification,
    environments,
    image_health,
    images,
    inventories,
    leftovers,
    ordering,
    pinning,
    publishing,
    scans,
    sizes,
    stages,
)
from checks.expect.predictions import not_root
from checks.expect.secrets import carries_none
from checks.expect.stopping import stopped_in_time
from checks.grading import scan_files
from checks.grading.check import MEASURED, check
from checks.grading.naive import naive_image
from checks.grading.publishing import published
from checks.grading.scanning import findings
from checks.grading.situations import Situations
from checks.parsing.packages.pip_requirements import requirements_of
from checks.sections import NaiveSettings, ScanSettings

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
class Asked(NaiveSettings, ScanSettings):
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


VERSION = "VERSION"  # the build argument
TRIMMED = "Say in .dockerignore what stays outside (`**/name` for any folder), or copy less."
USER = "`RUN useradd ...`, and `USER` with that name in the last stage, behind what only root may do."
LISTED = "The listing in the report says which line of your Dockerfile costs what."


@pytest.fixture(scope="module")
def model(lab: Lab, asked: Asked) -> Classifier:
    """The model of the course, which no submission can replace."""
    return Classifier.read((lab.starter / asked.model_file).read_text("utf-8"))


@pytest.fixture(scope="module")
def situations(evidence: LabEvidence, asked: Asked, built: Built) -> Iterator[Situations]:  # noqa: ARG001 - first
    """More containers of the image."""
    with Situations(evidence, asked.predict_delay, asked.model_file) as situations:
        yield situations


@check(points=2)
def check_is_multi_stage(stage: Stage) -> None:
    """The final stage copies what another stage has installed."""
    stages.copies_what_was_installed(stage)


@check(points=1, needs="is-multi-stage")
def check_uses_a_virtual_environment(stage: Stage) -> None:
    """The packages are in a virtual environment, made in the builder, copied whole, and first on PATH."""
    environments.environment_used(stage)


@check(points=1)
def check_packages_are_pinned(stage: Stage, asked: Asked, evidence: LabEvidence) -> None:
    """Every package is asked for in one exact version."""
    pinning.all_pinned(stage, evidence.context_file, asked.packages)


@check(points=1)
def check_orders_layers_by_change(stage: Stage, lab: Lab) -> None:
    """In every stage come the base, system packages, dependencies and code, in this order; the version is last."""
    ordering.ordered_by_change(stage, lab.edit, {*lab.arguments})


@check(points=1, needs="answers-predict-example-metadata")
def check_declares_labels(image: Image, asked: Asked, evidence: LabEvidence) -> None:
    """The image says in OCI labels what it is, in which version, from where, under which licence, and by whom."""
    stages.labelled_with_each(image, asked.labels)
    stages.labelled(image, {asked.version_label: evidence.arguments[VERSION]})


@check(points=1, needs="answers-predict-example-metadata")
def check_sets_python_environment(image: Image, asked: Asked) -> None:
    """The image sets PYTHONDONTWRITEBYTECODE and PYTHONUNBUFFERED."""
    images.sets_variables(image, asked.variables)


@check(points=1, needs="answers-predict-example-metadata")
def check_context_is_trimmed(image: Image, asked: Asked) -> None:
    """Nothing of `.git`, `__pycache__`, `.venv`, `.env`, `notebooks/` and `tests/` reaches the image."""
    carries_none(image, asked.trimmed, "an image with nothing in it that only your machine needs", TRIMMED)


@check(points=1)
def check_builds(built: Built, stage: Stage, lab: Lab) -> None:
    """The Dockerfile builds, with `--build-arg VERSION=...`."""
    images.made_of(built, stage, lab.nonce.file)


@check(points=2, needs="answers-predict-example-metadata")
def check_leaves_build_tools_behind(image: Image, stage: Stage, built: Built, evidence: LabEvidence) -> None:
    """No layer of the final image's own has a compiler, headers, bytecode, caches or package lists."""
    leftovers.no_build_tools(image, origins(stage, built), evidence.path_of(evidence.lab.dockerfile))


@check(points=2, needs="answers-predict-example-metadata")
def check_runs_as_non_root(image: Image, service: Service, situations: Situations) -> None:
    """Nothing in the container runs as root, whichever port `PORT` names, and it serves there."""
    situations.moved.get("/health")
    for running in (service.running, situations.moved.running):
        not_root(image.config.user, processes(running), USER)


@check(points=3, needs="builds")
def check_answers_predict_example_metadata(  # noqa: PLR0913 - the service, and what it must be
    service: Service, *, image: Image, stage: Stage, evidence: LabEvidence, asked: Asked, model: Classifier
) -> None:
    """The service predicts with the model in your folder, gives an example, and says what it is."""
    images.holds(image, asked.packages, expect.packages_asked(stage, evidence.context_file))
    example = classification.example_of(service.get("/example"), model.features)
    for question in (example, model.any_question()):
        answer = service.ask(Question("/predict", question))
        expect.answers(answer, evidence.nonce)
        classification.classifies(answer, model, question, asked.tolerance)
    about, version = service.get("/metadata"), evidence.arguments[VERSION]
    classification.describes(about, asked.metadata, model.features, version)


@check(points=2, needs=("answers-predict-example-metadata", "runs-as-non-root"))
def check_tells_the_truth_about_health(image: Image, situations: Situations, asked: Asked) -> None:
    """The health check gives time to start, and tells a service that works from one that cannot."""
    image_health.gives_time_to_start(image.config)
    well, ill = situations.moved, situations.broken
    for service, judge in ((well, image_health.finds_well), (ill, image_health.finds_ill)):
        service.get("/health")  # it is up
        judge(next_probe(service.running, asked.health_seconds))
    if situations.repair():
        image_health.asks_the_service(next_probe(ill.running, asked.health_seconds))


@check(points=1, needs="runs-as-non-root")
def check_stops_in_time(situations: Situations, asked: Asked, model: Classifier) -> None:
    """It stops within {stop_seconds} s of SIGTERM, and answers the request that is under way."""
    situations.moved.get("/health")
    stopped = stop(situations.moved, Question("/predict", model.any_question()), asked.stop_seconds)
    stopped_in_time(stopped, asked.stop_seconds)


@check(points=1, needs="answers-predict-example-metadata")
def check_survives_a_read_only_root(situations: Situations, model: Classifier, asked: Asked) -> None:
    """It works with a root that is read-only, and an empty `/tmp`."""
    question = model.any_question()
    answer = situations.read_only.ask(Question("/predict", question))
    classification.classifies(answer, model, question, asked.tolerance)


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
    naive = naive_image(evidence)
    share = f"{image.size / MEGA:.0f} MB; the naive image has {naive.size / MEGA:.0f} MB"
    record_property(MEASURED, f"{share}\n{listing(origins(stage, built), image.layers)}")
    expect.at_most(
        image.own_bytes / MEGA, asked.budget_mb, "what the layers above the base add", "MB", LISTED
    )
    sizes.lighter(image.size, naive.size, asked.naive_percent)


@check(points=1, needs=("orders-layers-by-change", "answers-predict-example-metadata"))
def check_is_rebuilt_from_cache(
    stage: Stage, built: Built, builds: Iterator[Built], evidence: LabEvidence
) -> None:
    """After an edit of the source, and in another version, a build reuses every layer with dependencies."""
    file = evidence.path_of(evidence.lab.dockerfile)
    expect.dependencies_reused(origins(stage, built), (each.layers for each in builds), file)


@check(points=1, needs="answers-predict-example-metadata")
def check_is_published_twice(evidence: LabEvidence, built: Built) -> None:
    """`make pushModelService` publishes it under its version and as `latest`, with one digest."""
    digests = published(evidence, built.reference)
    publishing.published_twice(digests, evidence.arguments[VERSION], evidence.path_of(FILE))


@check(points=2)
def check_is_scanned(stage: Stage, lab: Lab, asked: Asked, evidence: LabEvidence) -> None:
    """Trivy's report is on this image; what it found, and has a fix, is fixed, or accepted with reason and end."""
    names = asked.scans
    with expect.in_file(evidence.path_of(names.report)):
        report = scan_files.trivy_report(evidence, names.report)
        asked_for = [entry.requirement for entry in requirements_of(stage, evidence.context_file)]
        scans.scan_is_of(report, lab.image.base, asked_for)
        accepted = scan_files.exceptions(evidence, names.exceptions)
        scans.nothing_fixable_left(report, accepted, datetime.now(UTC).date(), names.exceptions)


@check(points=2, needs="runs-as-non-root")
def check_has_no_secret_and_no_misconfiguration(evidence: LabEvidence, built: Built, lab: Lab) -> None:  # noqa: ARG001
    """Trivy finds no secret in image and Dockerfile, and nothing of high severity that is set wrongly."""
    file = evidence.path_of(lab.dockerfile)
    scans.no_secret_and_no_misconfiguration(findings(evidence, lab.dockerfile), file)


@check(points=2, needs="answers-predict-example-metadata", bonus=True)
def check_has_an_inventory(evidence: LabEvidence, image: Image, asked: Asked) -> None:
    """`{scans[inventory]}` lists the Python packages of this image, and no others."""
    name = asked.scans.inventory
    inventory = scan_files.inventory(evidence, name)
    with expect.in_file(evidence.path_of(name)):
        inventories.inventory_is_of(inventory, installed(image.own_layers), installed(image.base))

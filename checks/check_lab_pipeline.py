"""lab_pipeline: one service trains a model and ends, another waits for it and serves what the volume holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from checks import expect
from checks.evidence.image.provenance import origins
from checks.evidence.service.job import json_file, owner_of
from checks.evidence.service.processes import Process, processes
from checks.expect import composition, isolation, operation, pinning, ports, training
from checks.expect.limits import Most, stays_within
from checks.expect.predictions import not_root
from checks.expect.stages import copies_what_was_installed
from checks.grading.build import refuse_unbuildable
from checks.grading.check import check
from checks.grading.crashing import crashed
from checks.grading.pipeline import pipeline_at_work
from checks.grading.serving import predicts_as
from checks.sections import PipelineSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from checks.engine.engine import Engine
    from checks.evidence.image.built import Built
    from checks.evidence.service.job import Job
    from checks.grading.evidence import LabEvidence
    from checks.grading.pipeline import Pipeline
    from checks.lab import Lab
    from checks.parsing.compose import Compose


@dataclass(frozen=True, kw_only=True)
class Asked(PipelineSettings):
    """What only this lab asks for; times are in seconds.

    `locked` has the packages that the requirements of each Dockerfile must lock. The training writes `model` into
    the folder `models`, where the volume is. `restart_seconds`: from a crash to the next start, or to its
    absence. `memory_mib` and `cpus` are the most that limits may be.
    """

    locked: dict[str, tuple[str, ...]]
    models: str
    model: str
    restart_seconds: float
    memory_mib: int
    cpus: float


TRAINS, PASSES = "training-runs-alone", "model-passes-through-the-volume"
FOR_EVER, IN_VAIN = {"TRIALS": "1000000000"}, {"MAX_RMSE": "-1"}
ROOT_HELP = "`RUN useradd ...`, and `USER` with that name in the last stage, behind what only root may do."


@pytest.fixture(scope="module")
def accepted_training(evidence: LabEvidence, asked: Asked) -> None:
    """Raise `CheckFailed` if Docker would refuse the Dockerfile of the training; this needs no engine."""
    refuse_unbuildable(evidence.build_context, asked.trainer)


@pytest.fixture(scope="module")
def alone(
    evidence: LabEvidence,
    accepted_training: None,  # noqa: ARG001 - they must be there first
    engine: Engine,  # noqa: ARG001 - as above
    asked: Asked,
) -> Iterator[Job]:
    """A container of the training's image, without Compose."""
    with evidence.job(asked.trainer, asked.train_seconds) as job:
        yield job


@pytest.fixture(scope="module")
def pipeline(
    evidence: LabEvidence,
    compose: Compose,
    accepted: None,  # noqa: ARG001 - as above
    engine: Engine,  # noqa: ARG001 - as above
) -> Iterator[Pipeline]:
    """Both services at work."""
    with pipeline_at_work(evidence, compose) as pipeline:
        yield pipeline


@check(points=1)
def check_training_starts_from_slim(evidence: LabEvidence, lab: Lab, asked: Asked) -> None:
    """The image of the training starts from `{images[train/Dockerfile][base]}`."""
    with expect.in_file(evidence.path_of(asked.trainer)):
        expect.based_on(evidence.dockerfile(asked.trainer).final, lab.images[asked.trainer].bases)


@check(points=1)
def check_dependencies_are_locked(evidence: LabEvidence, asked: Asked) -> None:
    """Both images install their packages in exact versions, and so what these bring along."""
    for name, packages in asked.locked.items():
        with expect.in_file(evidence.path_of(name)):
            pinning.all_pinned(evidence.dockerfile(name).final, evidence.requirements_context(name), packages)


@check(points=2)
def check_services_are_multi_stage(evidence: LabEvidence, lab: Lab) -> None:
    """Both images take from an earlier stage what that one has installed."""
    for name in lab.images:
        with expect.in_file(evidence.path_of(name)):
            copies_what_was_installed(evidence.dockerfile(name).final)


@check(points=2)
def check_training_runs_alone(alone: Job, asked: Asked, evidence: LabEvidence) -> None:
    """`docker run --rm` trains a model, prints its metrics, and ends with exit code 0."""
    version = training.trained(alone, evidence.data_set.count)
    written = json_file(alone.running, asked.model)
    training.learnt(written, evidence.data_set.model(version), asked.tolerance)


@check(points=1, needs=(TRAINS, PASSES))
def check_training_is_not_root(
    alone: Job, pipeline: Pipeline, asked: Asked, compose: Compose, evidence: LabEvidence
) -> None:
    """The training runs as somebody who is not root, and so the model is not root's."""
    with expect.in_file(evidence.path_of(compose.path)):
        composition.is_no_root(composition.service(compose, asked.training))
    for running in (alone.running, pipeline.training):
        owner = owner_of(running, asked.model)
        wrote = [] if owner is None else [Process(owner, f"what has written {asked.model}")]
        not_root(running.inspect()["Config"]["User"], wrote, ROOT_HELP)


@check(points=1, needs=PASSES)
def check_serving_is_not_root(
    pipeline: Pipeline, asked: Asked, compose: Compose, evidence: LabEvidence
) -> None:
    """Nothing in the container that serves runs as root."""
    running = pipeline.service.running
    with expect.in_file(evidence.path_of(compose.path)):
        composition.is_no_root(composition.service(compose, asked.serving))
    not_root(running.inspect()["Config"]["User"], processes(running), ROOT_HELP)


@check(points=3, needs=TRAINS)
def check_model_passes_through_the_volume(
    alone: Job, pipeline: Pipeline, asked: Asked, evidence: LabEvidence
) -> None:
    """`{serving}` predicts with the model that this run of `{training}` has made; `down` and `up` keep it."""
    help = f"Mount one volume into both services, at `{asked.models}`; no image may have a model of its own there."
    earlier = training.trained(alone, evidence.data_set.count)
    first = training.trained_anew(pipeline.trained(), earlier)
    predicts_as(pipeline.service, evidence.data_set.model(first), asked, help)
    pipeline.services.restart()
    predicts_as(pipeline.service, evidence.data_set.model(pipeline.trained()), asked, help)
    training.kept(pipeline.service.get("/models"), first, pipeline.of_serving("volumes"))


@check(points=1, needs=PASSES)
def check_serving_cannot_write_the_model(pipeline: Pipeline, asked: Asked) -> None:
    """The volume is read-only where `{serving}` has it."""
    facts, place = pipeline.service.running.inspect(), pipeline.of_serving("volumes")
    composition.mounted(facts, asked.models, place, f"`models:{asked.models}:ro` in `volumes:`")


@check(points=2, needs=PASSES)
def check_serving_waits_for_training(pipeline: Pipeline, asked: Asked) -> None:
    """A training that fails keeps `{serving}` down, and `docker compose up` says so."""
    with pipeline.with_training(IN_VAIN) as failed:
        job, serving = failed.job(asked.training, asked.train_seconds), failed.created(asked.serving)
        training.keeps_down(job, serving, failed.up, pipeline.of_serving("depends_on"))


@check(points=2, needs=PASSES)
def check_limits_are_in_force(pipeline: Pipeline, asked: Asked) -> None:
    """Memory and CPU of both services are limited, to {memory_mib} MiB and {cpus} at most, as the engine has it."""
    services, most = pipeline.services, Most(asked.memory_mib, asked.cpus)
    for name in (asked.training, asked.serving):
        host = services.container(name).inspect()["HostConfig"]
        stays_within(services.form.service(name), host, most, services.place(name, "deploy"))


@check(points=2, needs=PASSES)
def check_serving_restarts_training_does_not(pipeline: Pipeline, asked: Asked, evidence: LabEvidence) -> None:
    """`{serving}` comes back when its process was killed, and a killed `{training}` stays down."""
    running, place = pipeline.service.running, pipeline.of_serving("restart")
    with crashed(evidence, running) as begun:
        operation.comes_back(running, begun, asked.restart_seconds, place)
    with pipeline.training_killed(FOR_EVER) as (running, begun):
        training.stays_down(running, begun, asked.restart_seconds, pipeline.of_training("restart"))


@check(points=2, needs=PASSES)
def check_network_is_isolated(pipeline: Pipeline, asked: Asked) -> None:
    """`{serving}` is reached through its one published port alone, and `{training}` is not reached at all."""
    services = pipeline.services
    facts = {name: services.container(name).inspect() for name in services.document["services"]}
    isolation.one_way_in(facts[asked.serving], pipeline.of_serving("ports"))
    alone = facts.pop(asked.training)
    place = pipeline.of_training("networks")
    isolation.out_of_reach(asked.training, alone, facts, place)
    isolation.shares_nothing(asked.training, services.form.document["services"], place)


@check(points=2, needs=PASSES)
def check_predicts_end_to_end(
    pipeline: Pipeline, compose: Compose, lab: Lab, asked: Asked, evidence: LabEvidence
) -> None:
    """Through port {port} of the host, the app in your folder predicts what its model computes."""
    with expect.in_file(evidence.path_of(compose.path)):
        ports.inside(composition.service(compose, asked.serving), lab.port)
    expect.answers(pipeline.service.get("/"), evidence.nonce)
    model, help = evidence.data_set.model(pipeline.trained()), f"`make run{lab.target}` shows its log."
    predicts_as(pipeline.service, model, asked, help)


@check(points=2, needs=PASSES)
def check_rebuild_reuses_dependencies(
    all_built: Mapping[str, Built], lab: Lab, evidence: LabEvidence
) -> None:
    """After an edit of its source, a second build of each image reuses every layer with dependencies."""
    for name, built in all_built.items():
        made = origins(evidence.dockerfile(name).final, built, lab.images[name].bases)
        builds = (each.layers for each in evidence.builds(name))
        expect.dependencies_reused(made, builds, evidence.path_of(name))

"""lab_compose: one file that says how a service is built, configured, given its model and its secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks import expect
from checks.evidence.service.processes import service_processes
from checks.expect import composition, health, monitoring, operation, ports
from checks.expect.images import holds
from checks.expect.limits import Most, stays_within
from checks.expect.predictions import let_in, predicts, turned_away
from checks.expect.secrets import carries_none, shows_none
from checks.grading.check import MEASURED, check
from checks.grading.environment import example_of
from checks.grading.models import train
from checks.grading.running import LEVEL, health_test
from checks.grading.serving import another_key, any_features
from checks.sections import ModelSettings, WatchedSettings

if TYPE_CHECKING:
    from checks.grading.check import Recorder
    from checks.grading.evidence import LabEvidence
    from checks.grading.running import RunningProject
    from checks.lab import Lab
    from checks.parsing.compose import Compose


@dataclass(frozen=True, kw_only=True)
class Asked(ModelSettings, WatchedSettings):
    """What only this lab asks for; times are in seconds.

    `notice_seconds`: for a health check that is run every second to notice that the model is gone.
    `restart_seconds`: from a crash to the next start. `swap_seconds`: from a new model in the folder to the
    first prediction by it. `scrape_seconds`: from the start of Prometheus to its first sample. `memory_mib` and
    `cpus` are the most that the limits may be.
    """

    packages: tuple[str, ...]
    notice_seconds: float
    restart_seconds: float
    swap_seconds: float
    memory_mib: int
    cpus: float
    prometheus_port: int
    scrape_seconds: float


BOOTS = ("compose-file-is-valid", "builds-the-api")


@check(points=1)
def check_compose_file_is_valid(compose: Compose, record_property: Recorder) -> None:
    """`compose.yaml` is valid, as the Compose Specification has it."""
    told = {problem.line for problem in compose.problems}
    for note in (*compose.obsolete, *compose.unset):
        if note.line not in told:
            record_property(MEASURED, f"line {note.line}: {note.message}")
    composition.no_problems(compose)


@check(points=1)
def check_builds_the_api(compose: Compose, lab: Lab, asked: Asked) -> None:
    """The service `{service}` is built from the `{dockerfile}` in this folder."""
    api = composition.service(compose, asked.service)
    composition.is_built_here(api, lab.dockerfile)


@check(points=1)
def check_publishes_the_port(compose: Compose, lab: Lab, asked: Asked) -> None:
    """Port {port} of the service is published on port {port} of the host."""
    api = composition.service(compose, asked.service)
    ports.publishes(api, lab.port)


@check(points=2, needs=BOOTS)
def check_reads_the_env_file(booted: RunningProject, lab: Lab, asked: Asked, evidence: LabEvidence) -> None:
    """`.env` configures the service: another `.env`, another log level."""
    example = asked.environment
    operation.names_setting(example_of(evidence), LEVEL, f"{lab.id}/{example}")
    place = booted.place("env_file")
    operation.follows(booted.first, place)
    operation.follows(booted.second, place)


@check(points=2, needs=BOOTS)
def check_mounts_the_model_read_only(booted: RunningProject, asked: Asked, evidence: LabEvidence) -> None:
    """The folder with the model is mounted at `{models}`, read-only, and a new model is used at once."""
    place = booted.place("volumes")
    composition.mounted(booted.inspect(), asked.models, place, "`./models:/models:ro` in `volumes:`")
    operation.has_model(booted.service, booted.model.version, asked.swap_seconds, place)
    other = train(evidence)
    with booted.swapped(other.pickle):
        operation.has_model(booted.service, other.version, asked.swap_seconds, place)


@check(points=2, needs=BOOTS)
def check_mounts_the_secret(booted: RunningProject, asked: Asked) -> None:
    """The API key comes from a file, as a secret of Compose, and decides who gets a prediction."""
    place = booted.place("secrets")
    api = composition.service(booted.form.compose, asked.service)
    composition.grants(api, booted.inspect(), booted.secret, place)
    help = f"The service reads `{asked.secret}`: a secret is mounted there under its own name."
    let_in(booted.predict(any_features(asked), booted.key), "who has the key of the file", help)
    turned_away(booted.predict(any_features(asked), another_key(booted.key)), "who has another key", help)


@check(points=2, needs=BOOTS)
def check_keeps_secrets_out_of_the_environment(booted: RunningProject, asked: Asked) -> None:
    """The API key is in no variable, label or command of the container, and in no layer of its image."""
    help = "The service has its secret as a file. Whoever may inspect a container reads all the rest."
    let_in(booted.predict(any_features(asked), booted.key), "who has the key: the service was given it", help)
    config = booted.inspect()["Config"]
    variables = dict(entry.split("=", 1) for entry in config.get("Env") or () if "=" in entry)
    settings = {"Env": variables, **{key: config.get(key) for key in ("Labels", "Cmd", "Entrypoint")}}
    views = [(f"docker inspect, {key}", view) for key, view in settings.items()]
    views += [
        ("docker top", "\n".join(process.command for process in service_processes(booted.service.running)))
    ]
    shows_none(booted.key, views, "a container whose settings do not show the API key", help)
    composition.lacks(config.get("Env") or (), asked.secret_variable, help)
    carries_none(booted.contents(), [asked.secret_file], "an image without it", help)


@check(points=2, needs=BOOTS)
def check_checks_its_health(booted: RunningProject, asked: Asked) -> None:
    """The health check says healthy while the service works, and unhealthy when its model is gone."""
    place = booted.place("healthcheck")
    running, seconds = booted.service.running, asked.notice_seconds
    health.is_healthy(running, health_test(running), seconds, place)
    with booted.broken():
        health.notices(running, seconds, place)
        if booted.disguised():
            health.asks_the_service(running, booted.says_broken, seconds, place)


@check(points=2, needs=BOOTS)
def check_restarts_after_a_crash(booted: RunningProject, asked: Asked) -> None:
    """The service comes back when its process was killed."""
    place = booted.place("restart")
    with booted.crashed() as begun:
        operation.comes_back(booted.service.running, begun, asked.restart_seconds, place)


@check(points=1, needs=BOOTS)
def check_stays_within_limits(booted: RunningProject, asked: Asked) -> None:
    """The memory and the CPU that the service may use are limited, to {memory_mib} MiB and {cpus} at most."""
    most = Most(asked.memory_mib, asked.cpus)
    stays_within(
        booted.form.service(asked.service), booted.inspect()["HostConfig"], most, booted.place("deploy")
    )


@check(points=2, needs="checks-its-health")
def check_becomes_healthy(booted: RunningProject, asked: Asked) -> None:
    """`docker compose up --wait` is done within {healthy_seconds} s."""
    place = booted.place("healthcheck")
    operation.is_started(booted.switched_off(), booted.place("profiles"))
    operation.is_up(booted.first.up, asked.healthy_seconds, place)


@check(points=2, needs=BOOTS)
def check_serves_predictions(booted: RunningProject, lab: Lab, asked: Asked, evidence: LabEvidence) -> None:
    """The service predicts what its model computes, and is the one in your folder."""
    stage, context = evidence.dockerfile(lab.dockerfile).final, evidence.context(lab.dockerfile).read
    wanted = expect.packages_asked(stage, context)
    holds(booted.contents(), asked.packages, wanted)
    expect.answers(booted.service.get("/"), evidence.nonce)
    features = any_features(asked)
    answer = booted.predict(features, booted.key)
    help = f"`make run{lab.target}` shows its log."
    predicts(answer, booted.model, features, asked.tolerance, help)


@check(points=2, bonus=True, needs=("becomes-healthy", "serves-predictions"))
def check_is_monitored(booted: RunningProject, lab: Lab, asked: Asked, evidence: LabEvidence) -> None:
    """Bonus of 2 points: a Prometheus scrapes the service's metrics."""
    file = f"{lab.id}/{lab.main_file}"
    with expect.in_file(file):
        name = monitoring.runs(booted.form.compose, asked.prometheus)
    prometheus = booted.also(name, asked.prometheus_port)
    monitoring.has_sample(prometheus, "service_info", evidence.nonce, asked.scrape_seconds, file)

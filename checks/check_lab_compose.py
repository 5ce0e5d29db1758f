"""lab_compose: one file that says how a service is built, configured, given its model and its secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import expect
from checks.engine.project.resources import declared
from checks.expect import composition, monitoring, operation, ports
from checks.expect.images import holds
from checks.expect.predictions import let_in, predicts, turned_away
from checks.expect.secrets import carries_none, shows_none
from checks.grading.check import MEASURED, check
from checks.grading.environment import example_of
from checks.grading.models import train
from checks.grading.running import LEVEL, health_test
from checks.grading.serving import any_features
from checks.parsing.compose.values import size_in_bytes

if TYPE_CHECKING:
    from checks.grading.check import Recorder
    from checks.grading.evidence import LabEvidence
    from checks.grading.running import RunningProject
    from checks.lab import Lab
    from checks.parsing.compose import Compose

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
def check_builds_the_api(compose: Compose, lab: Lab) -> None:
    """The service `{service}` is built from the `{dockerfile}` in this folder."""
    api = composition.service(compose, lab.text("service"))
    composition.is_built_here(api, lab.text("dockerfile"))


@check(points=1)
def check_publishes_the_port(compose: Compose, lab: Lab) -> None:
    """Port {port} of the service is published on port {port} of the host."""
    api = composition.service(compose, lab.text("service"))
    ports.publishes(api, int(lab.number("port")))


@check(points=2, needs=BOOTS)
def check_reads_the_env_file(booted: RunningProject, lab: Lab, evidence: LabEvidence) -> None:
    """`.env` configures the service: another `.env`, another log level."""
    example = lab.text("environment")
    operation.names_setting(example_of(evidence), LEVEL, f"{lab.id}/{example}")
    place = composition.Place.of(booted.form.compose, lab, "env_file")
    operation.follows(booted.first, place)
    operation.follows(booted.second, place)


@check(points=2, needs=BOOTS)
def check_mounts_the_model_read_only(booted: RunningProject, lab: Lab, evidence: LabEvidence) -> None:
    """The folder with the model is mounted at `{models}`, read-only, and a new model is used at once."""
    place = composition.Place.of(booted.form.compose, lab, "volumes")
    composition.mounted(booted.inspect(), lab.text("models"), place)
    operation.has_model(booted.service, booted.model.version, lab.number("swap_seconds"), place)
    other = train(evidence)
    with booted.swapped(other.pickle):
        operation.has_model(booted.service, other.version, lab.number("swap_seconds"), place)


@check(points=2, needs=BOOTS)
def check_mounts_the_secret(booted: RunningProject, lab: Lab) -> None:
    """The API key comes from a file, as a secret of Compose, and decides who gets a prediction."""
    place = composition.Place.of(booted.form.compose, lab, "secrets")
    api = composition.service(booted.form.compose, lab.text("service"))
    composition.grants(api, booted.inspect(), booted.secret, place)
    help = f"The service reads `{lab.text('secret')}`: a secret is mounted there under its own name."
    let_in(booted.predict(any_features(lab), booted.key), "who has the key of the file", help)
    turned_away(booted.predict(any_features(lab), "no-" + booted.key), "who has another key", help)


@check(points=2, needs=BOOTS)
def check_keeps_secrets_out_of_the_environment(booted: RunningProject, lab: Lab) -> None:
    """The API key is in no variable, label or command of the container, and in no layer of its image."""
    help = "The service has its secret as a file. Whoever may inspect a container reads all the rest."
    let_in(booted.predict(any_features(lab), booted.key), "who has the key: the service was given it", help)
    config, variable = booted.inspect()["Config"], lab.text("secret_variable")
    variables = dict(entry.split("=", 1) for entry in config.get("Env") or () if "=" in entry)
    settings = {"Env": variables, **{key: config.get(key) for key in ("Labels", "Cmd", "Entrypoint")}}
    views = [(f"docker inspect, {key}", view) for key, view in settings.items()]
    shows_none(booted.key, views, "a container whose settings do not show the API key", help)
    composition.lacks(config.get("Env") or (), variable, help)
    carries_none(booted.contents(), [lab.text("secret_file")], "an image without it", help)


@check(points=2, needs=BOOTS)
def check_checks_its_health(booted: RunningProject, lab: Lab) -> None:
    """The health check says healthy while the service works, and unhealthy when its model is gone."""
    place = composition.Place.of(booted.form.compose, lab, "healthcheck")
    running, seconds = booted.service.running, lab.number("notice_seconds")
    operation.is_healthy(running, health_test(running), seconds, place)
    with booted.broken():
        operation.notices(running, seconds, place)


@check(points=2, needs=BOOTS)
def check_restarts_after_a_crash(booted: RunningProject, lab: Lab) -> None:
    """The service comes back when its process was killed."""
    place = composition.Place.of(booted.form.compose, lab, "restart")
    with booted.crashed() as begun:
        operation.comes_back(booted.service.running, begun, lab.number("restart_seconds"), place)


@check(points=1, needs=BOOTS)
def check_stays_within_limits(booted: RunningProject, lab: Lab) -> None:
    """The memory and the CPU that the service may use are limited, to {memory_mib} MiB and {cpus} at most."""
    place = composition.Place.of(booted.form.compose, lab, "deploy")
    said, host = declared(booted.form.service(lab.text("service"))), booted.inspect()["HostConfig"]
    memory, cpus = size_in_bytes(str(said.get("memory", ""))), float(said.get("cpus") or 0)
    most, mib = lab.number("memory_mib"), operation.MIB
    limits = [
        operation.Limit("memory, in MiB", memory and memory / mib, host["Memory"] / mib, most),
        operation.Limit("CPU", cpus or None, host["NanoCpus"] / 1e9, lab.number("cpus")),
    ]
    for limit in limits:
        operation.limited(limit, place)


@check(points=2, needs="checks-its-health")
def check_becomes_healthy(booted: RunningProject, lab: Lab) -> None:
    """`docker compose up --wait` is done within {healthy_seconds} s."""
    place = composition.Place.of(booted.form.compose, lab, "healthcheck")
    operation.is_started(booted.switched_off(), composition.Place.of(booted.form.compose, lab, "profiles"))
    operation.is_up(booted.first.up, lab.number("healthy_seconds"), place)


@check(points=2, needs=BOOTS)
def check_serves_predictions(booted: RunningProject, lab: Lab, evidence: LabEvidence) -> None:
    """The service predicts what its model computes, and is the one in your folder."""
    asked = expect.packages_asked(evidence.dockerfile(lab.text("dockerfile")).final, evidence.context_file)
    holds(booted.contents(), lab.texts("packages"), asked)
    expect.answers(booted.service.get("/"), evidence.nonce)
    features = any_features(lab)
    answer = booted.predict(features, booted.key)
    help = f"`make run{lab.text('target')}` shows its log."
    predicts(answer, booted.model, features, lab.number("tolerance"), help)


@check(points=2, bonus=True, needs=("becomes-healthy", "serves-predictions"))
def check_is_monitored(booted: RunningProject, lab: Lab, evidence: LabEvidence) -> None:
    """Bonus of 2 points: a Prometheus scrapes the service's metrics."""
    file = f"{lab.id}/{lab.text('compose')}"
    with expect.in_file(file):
        name = monitoring.runs(booted.form.compose, lab.text("prometheus"))
    prometheus = booted.also(name, int(lab.number("prometheus_port")))
    monitoring.has_sample(prometheus, "service_info", evidence.nonce, lab.number("scrape_seconds"), file)

"""Boot a student's Compose project twice: as it is, then with other settings.

The first boot keeps the student's timing, and shows how long the service takes to be healthy. The second has
another `.env`, and runs the health check every second, so that a failure shows at once and not after minutes.

Both forms of the file, every image, and a copy of all mounted files exist before the first boot. No container
mounts the folder itself, and the grader never again looks up, builds or reads a path that a container may write to.
"""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from checks.engine.container import Running
from checks.engine.project.copies import Copies
from checks.engine.project.document import Document, publishing
from checks.engine.project.project import Project, project
from checks.evidence.service.service import Answer, Service
from checks.evidence.service.startup import Startup
from checks.evidence.submission.limits import Refused
from checks.expect.monitoring import runs
from checks.grading.at_work import RunningProject
from checks.grading.copying import copied, place_of_copies, write_copies
from checks.grading.environment import dot_env
from checks.grading.images import Images
from checks.grading.models import train
from checks.grading.normalized import LIMITS, NormalizedProject, form, judge_together
from checks.outcomes import CheckFailed, NotRun
from checks.sanitize import fenced
from checks.sections import ModelSettings, WatchedSettings

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence

__all__ = ["LEVEL", "RunningProject", "booted", "health_test", "quickened"]

LEVEL = "LOG_LEVEL"
LEVELS = ("debug", "info", "warning", "error", "critical")
START_INTERVAL_API = (1, 44)  # the first version of the engine's API with `start_interval`


@contextmanager
def booted(evidence: "LabEvidence") -> Iterator[RunningProject]:
    """Boot the project twice and tear it down on exit; raise `CheckFailed` if it does not boot."""
    lab, root = evidence.lab, evidence.workspace().root
    engine, run = evidence.engines.ready()
    name, images = lab.asks(WatchedSettings).service, Images(evidence)
    levels = random.sample(LEVELS, 2)
    evidence.require_visible(evidence.engines.base(lab.image.base).image_id)
    with copied(evidence) as keep, project(engine, run, root, place_of_copies(root)) as made:
        forms = [form(evidence, made, dot_env(evidence, {LEVEL: level})) for level in levels]
        for each in forms:
            judge_together(evidence, each, each.needed(name))
        model = train(evidence)
        folder = (root / lab.asks(ModelSettings).model_file).parent
        folder.mkdir(mode=0o755, exist_ok=True)
        model.put(folder)
        first = forms[0].bounded(images, made, list(forms[0].needed(name)))
        second, absent = _with_watcher(evidence, images, made, forms[1])
        documents = [publishing(document, name, lab.port) for document in (first, second)]
        copies, (first, second) = keep(forms, documents)
        service, boot = _boot(evidence, made, copies, forms[0], first)
        second = quickened(second, name, service.running)
        service, again = _boot(evidence, made, copies, forms[1], second)
        yield RunningProject(
            evidence, made, forms[1], second, copies, images, absent, service, model, boot, again
        )


def _with_watcher(
    evidence: "LabEvidence", images: Images, made: Project, last: NormalizedProject
) -> tuple[Document, Mapping[str, Exception]]:
    """Return a document with the lab's service, its watcher and their dependencies, or why there is no watcher.

    A watcher that cannot be booted fails only the check that asks for one.
    """
    asked = evidence.lab.asks(WatchedSettings)
    names = list(last.needed(asked.service))
    document, watcher = last.bounded(images, made, names), ""
    with suppress(CheckFailed):  # the file has no watcher
        watcher = runs(last.compose, asked.prometheus)
    try:
        names = [*dict.fromkeys([*names, *last.needed(watcher)])]
        judge_together(evidence, last, names)
        return last.bounded(images, made, names), {}
    except (CheckFailed, NotRun) as absent:
        return document, {watcher: absent}


def _boot(
    evidence: "LabEvidence", made: Project, copies: Copies, booting: NormalizedProject, document: Document
) -> tuple[Service, Startup]:
    """Run `up`; return the service and its startup, with its first answer if it gives one."""
    lab, asked = evidence.lab, evidence.lab.asks(WatchedSettings)
    with suppress(Refused):  # a container has replaced the file, so it keeps its own
        write_copies(copies, ".env", booting.environment)
    with evidence.step(f"boots {evidence.path_of(lab.main_file)}"):
        up = made.up(document, [asked.service], asked.healthy_seconds)
    up = replace(up, said=copies.named(up.said))
    running = made.container(asked.service, LIMITS)
    if running is None or running.inspect()["State"]["Status"] == "created":
        raise CheckFailed(
            "`docker compose up` starts the service",
            fenced(up.said),
            f"Start it yourself (`make run{lab.target}`) and read its last lines.",
            file=evidence.path_of(lab.main_file),
        )
    by_hand = f"make run{lab.target}"
    service = Service(running, lab.port, lab.start_seconds, by_hand)
    return service, Startup(booting.variables[LEVEL], up, _answer(service))


def _answer(service: Service) -> Answer | CheckFailed:
    """Return the answer to `GET /config`, or why it fails; do not wait for a port that is not published."""
    waiting = service if service.running.published(service.port) else replace(service, seconds=0)
    try:
        return waiting.get("/config")
    except CheckFailed as silent:
        return silent


def health_test(running: Running) -> tuple[str, ...]:
    """Return the effective health check, which may be the image's own; empty if it has none."""
    test = tuple((running.inspect()["Config"].get("Healthcheck") or {}).get("Test") or ())
    return () if test[:1] == ("NONE",) else test


def quickened(document: Document, name: str, running: Running) -> Document:
    """Run the service's health check, if it has one, every second, with two retries; return the new document."""
    if not health_test(running):
        return document
    service = document["services"][name]
    quick = {"interval": "1s", "retries": 2, "start_period": "60s"}
    version = tuple(map(int, running.engine.client.api.api_version.split(".")))
    own = {key: value for key, value in (service.get("healthcheck") or {}).items() if key != "start_interval"}
    if version >= START_INTERVAL_API:
        quick["start_interval"] = "1s"
    services = {**document["services"], name: {**service, "healthcheck": {**own, **quick}}}
    return {**document, "services": services}

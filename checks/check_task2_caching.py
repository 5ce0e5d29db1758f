"""Task 2, Caching: the same service, installed in one layer, with nothing in it that it does not need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks import expect
from checks.evidence.image.provenance import listing, origins
from checks.expect.images import apt_has_run, holds, made_of
from checks.grading.check import MEASURED, check
from checks.parsing.packages.package_steps import apt_installs, apt_steps, pip_installs
from checks.rules.apt_lists_left_behind import apt_lists_left_behind
from checks.rules.pip_cache_kept import pip_cache_kept
from checks.rules.recommended_packages import recommended_packages
from checks.rules.scattered_installs import scattered_installs
from checks.sections import BaselineSettings, FigureSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.evidence.image.built import Built
    from checks.evidence.image.image import Image
    from checks.evidence.service.service import Service
    from checks.grading.baseline import Baseline
    from checks.grading.check import Recorder
    from checks.grading.evidence import LabEvidence
    from checks.lab import Lab
    from checks.parsing.dockerfile.stages import Stage
    from checks.parsing.packages.build_files import Read
    from checks.parsing.text.yaml_node import YamlNode

BY_APT = expect.Sought("an install by apt", apt_installs, "apt")
BY_PIP = expect.Sought("an install by pip", pip_installs, "pip")
UPDATES = expect.Sought(
    "an update of apt's package lists",
    lambda stage: [step for step in apt_steps(stage) if step.leaves_lists],
    "apt",
    "update",
)


@dataclass(frozen=True, kw_only=True)
class Asked(FigureSettings, BaselineSettings):
    """What only this lab asks for.

    `python` is that of the base: the markers of requirements are read for it. `lean_percent` is what the
    student's layers may add to the base, as a share of what the earlier image adds; `budget_mb` is the same in
    10^6 bytes. `tolerance_points` is for figures in percent.
    """

    python: str
    packages: tuple[str, ...]
    workdir: str
    host: str
    server: str
    app: str
    path: str
    lean_percent: float
    budget_mb: float
    tolerance_points: float


@check(points=1)
def check_starts_from_ubuntu(stage: Stage, lab: Lab) -> None:
    """The image starts from `{base}`."""
    expect.based_on(stage, lab.image.bases)


@check(points=2)
def check_one_install_layer(stage: Stage) -> None:
    """One `RUN` installs everything, by apt and by pip."""
    expect.required(BY_APT, stage, scattered_installs.help)
    expect.finds_nothing_among(scattered_installs, stage, BY_PIP)


@check(points=2)
def check_no_recommended_packages(stage: Stage) -> None:
    """No apt install brings along packages that are only recommended."""
    expect.finds_nothing_among(recommended_packages, stage, BY_APT)


@check(points=2)
def check_no_pip_cache(stage: Stage) -> None:
    """No pip install leaves its cache in the image."""
    expect.finds_nothing_among(pip_cache_kept, stage, BY_PIP)


@check(points=2)
def check_apt_lists_are_cleaned(stage: Stage) -> None:
    """The `RUN` that fetches apt's package lists removes them again, behind its last install."""
    expect.finds_nothing_among(apt_lists_left_behind, stage, UPDATES)


@check(points=1)
def check_keeps_the_service(stage: Stage, lab: Lab, asked: Asked, context: Read) -> None:
    """It is still the service of Task 1: its variables, packages, folder, port, entrypoint and command."""
    expect.frontend_is_an_argument(stage)
    expect.unbuffered(stage)
    expect.packages_pinned(stage, context, asked.packages, asked.python)
    expect.works_in(stage, asked.workdir)
    expect.exposes(stage, lab.port)
    expect.runs_uvicorn(stage, asked.server)
    expect.serves(stage, asked.app, asked.host, lab.port)


@check(points=1)
def check_dependencies_before_source(stage: Stage, lab: Lab) -> None:
    """Nothing that changes with the source comes before the install."""
    expect.dependencies_before_source(stage, lab.edit)


@check(points=1)
def check_builds(built: Built, stage: Stage, lab: Lab) -> None:
    """The Dockerfile builds."""
    made_of(built, stage, lab.nonce.file)


@check(points=2, needs="builds")
def check_serves_hello_world(
    service: Service, evidence: LabEvidence, asked: Asked, image: Image, stage: Stage
) -> None:
    """The container answers Hello World on its published port, from the source in your folder."""
    context = evidence.context(evidence.lab.dockerfile).read
    wanted = expect.packages_asked(stage, context, asked.python)
    holds(image, asked.packages, wanted)
    apt_has_run(image, stage)
    expect.answers(service.get(asked.path), evidence.nonce)


@check(points=2, needs=("dependencies-before-source", "serves-hello-world"))
def check_rebuild_reuses_dependencies(
    stage: Stage, built: Built, builds: Iterator[Built], evidence: LabEvidence
) -> None:
    """After an edit of the source, a second build reuses every layer with dependencies."""
    file = evidence.path_of(evidence.lab.dockerfile)
    expect.dependencies_reused(origins(stage, built), (each.layers for each in builds), file)


@check(points=1, needs=("no-pip-cache", "apt-lists-are-cleaned", "serves-hello-world"))
def check_leaves_nothing_behind(image: Image, stage: Stage, built: Built, evidence: LabEvidence) -> None:
    """No layer has package lists, a cache of pip or archives of packages, not even a hidden one."""
    file = evidence.path_of(evidence.lab.dockerfile)
    expect.nothing_left_behind(image, origins(stage, built), file)


@check(points=1, needs=("starts-from-ubuntu", "serves-hello-world"))
def check_leaner_than_task_1(
    image: Image, earlier: Baseline, asked: Asked, record_property: Recorder
) -> None:
    """It adds at most {lean_percent} % of what your image of Task 1 adds to the same base."""
    fat = earlier.above(asked.budget_mb)
    expect.leaner(image.own_bytes, fat.own_bytes, asked.lean_percent, fat.whose)
    record_property(
        MEASURED, f"{image.own_bytes / 1e6:.0f} MB; {fat.whose} adds {fat.own_bytes / 1e6:.0f} MB"
    )


@check(points=1, needs="leaner-than-task-1")
def check_within_size_budget(
    image: Image, asked: Asked, stage: Stage, built: Built, record_property: Recorder
) -> None:
    """What you add to the base is at most {budget_mb} MB."""
    record_property(MEASURED, listing(origins(stage, built), image.layers))
    help = "The listing in the report says which line of your Dockerfile costs what."
    expect.at_most(image.own_bytes / 1e6, asked.budget_mb, "what the layers above the base add", "MB", help)


@check(points=1, needs="serves-hello-world")
def check_answers_match_the_image(answers: YamlNode, image: Image, earlier: Baseline, asked: Asked) -> None:
    """`answers.yaml` has wasted space and efficiency before (Task 1) and after, as dive shows them."""
    before = earlier.weight
    expect.figure(answers, "wasted_space_mb_before", before.wasted_bytes, asked)
    expect.share(answers, "efficiency_before", before.efficiency, asked.tolerance_points)
    expect.figure(answers, "wasted_space_mb_after", image.wasted_bytes, asked)
    expect.share(answers, "efficiency_after", image.efficiency, asked.tolerance_points)

"""Task 3, The base image: the same service twice, on a fat base and on a slim one, installed by Poetry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks import expect
from checks.evidence.image.figures import MEGA
from checks.evidence.image.provenance import listing, origins
from checks.expect import poetry, project
from checks.expect.basics import in_file
from checks.expect.figures import beside
from checks.expect.images import holds, made_of
from checks.grading.check import MEASURED, check
from checks.parsing.dockerfile.build_inputs import version_in
from checks.parsing.text.typed import Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from checks.evidence.image.built import Built
    from checks.evidence.image.image import Image
    from checks.grading.check import Recorder
    from checks.grading.evidence import LabEvidence
    from checks.lab import Lab
    from checks.parsing.dockerfile.dockerfile import Dockerfile
    from checks.parsing.dockerfile.stages import Stage


@dataclass(frozen=True, kw_only=True)
class Asked(Section):
    """What only this lab asks for.

    `answer_keys` are those of `answers.yaml`, by Dockerfile; they are shown and not graded. `development` has
    packages of the starter's group `dev`: by these one can tell whether an image has that group. `slim_percent`
    is the size of the slim image as a share of the fat one's; `budget_mb` is what it adds to its base, in 10^6
    bytes.
    """

    fat_dockerfile: str
    answer_keys: dict[str, str]
    project: str
    lock: str
    packages: tuple[str, ...]
    development: tuple[str, ...]
    host: str
    app: str
    path: str
    slim_percent: float
    budget_mb: float


@check(points=1)
def check_fat_starts_from_python(evidence: LabEvidence, lab: Lab, asked: Asked) -> None:
    """`{fat_dockerfile}` starts from `{images[Dockerfile.fat][base]}`."""
    name = asked.fat_dockerfile
    with in_file(evidence.path_of(name)):
        expect.based_on(evidence.dockerfile(name).final, lab.images[name].bases)


@check(points=1)
def check_starts_from_slim_python(stage: Stage, lab: Lab) -> None:
    """`{dockerfile}` starts from `{images[Dockerfile][base]}`."""
    expect.based_on(stage, lab.image.bases)


@check(points=1)
def check_poetry_is_installed_lean(dockerfiles: Mapping[str, Dockerfile]) -> None:
    """In both Dockerfiles pip installs Poetry, and keeps no cache."""
    for file, dockerfile in dockerfiles.items():
        with in_file(file):
            poetry.poetry_installed_lean(dockerfile)


@check(points=2)
def check_installs_main_dependencies_only(dockerfiles: Mapping[str, Dockerfile]) -> None:
    """In both, `poetry install` leaves out what only developers need."""
    for file, dockerfile in dockerfiles.items():
        with in_file(file):
            poetry.only_main_installed(dockerfile)


@check(points=1)
def check_no_packages_by_hand(dockerfiles: Mapping[str, Dockerfile]) -> None:
    """In both, pip installs nothing but Poetry."""
    for file, dockerfile in dockerfiles.items():
        with in_file(file):
            poetry.nothing_by_hand(dockerfile)


@check(points=2)
def check_project_declares_the_packages(evidence: LabEvidence, lab: Lab, asked: Asked) -> None:
    """`{project}` declares the packages, each in its exact version."""
    name, python = asked.project, version_in(lab.image.base)
    with in_file(evidence.path_of(name)):
        for wanted in asked.packages:
            project.declared(evidence.project(name), wanted, python)


@check(points=1)
def check_lock_matches_the_project(evidence: LabEvidence, asked: Asked) -> None:
    """`{lock}` was made for this `{project}`, and has the packages in these versions."""
    name = asked.lock
    with in_file(evidence.path_of(name)):
        lock = evidence.lock(name)
        project.made_for(lock, evidence.project(asked.project))
        for wanted in asked.packages:
            project.locked(lock, wanted)


@check(points=1)
def check_entrypoint_is_poetry_run(stages: Mapping[str, Stage]) -> None:
    """In both, the `ENTRYPOINT` is `poetry run`, in exec form."""
    for file, stage in stages.items():
        with in_file(file):
            poetry.poetry_runs(stage)


@check(points=1)
def check_cmd_runs_uvicorn(stages: Mapping[str, Stage], lab: Lab, asked: Asked) -> None:
    """In both, the `CMD`, in exec form, runs uvicorn with `{app}` on {host}, port {port}."""
    for file, stage in stages.items():
        with in_file(file):
            poetry.uvicorn_served(stage, asked.app, asked.host, lab.port)


@check(points=1)
def check_dependencies_before_source(stages: Mapping[str, Stage], asked: Asked) -> None:
    """In both, `{project}` and `{lock}` come first, then the install, then the source."""
    for file, stage in stages.items():
        with in_file(file):
            poetry.dependencies_first(stage, (asked.project, asked.lock))


@check(points=1)
def check_builds(all_built: Mapping[str, Built], evidence: LabEvidence, lab: Lab) -> None:
    """Both Dockerfiles build."""
    for name, built in all_built.items():
        with in_file(evidence.path_of(name)):
            made_of(built, evidence.dockerfile(name).final, lab.nonce.file)


@check(points=2, needs="builds")
def check_serves_hello_world(all_built: Mapping[str, Built], evidence: LabEvidence, asked: Asked) -> None:
    """Both containers answer Hello World on their published port, from the source in your folder."""
    # The versions are those of the lock, which another check compares.
    wanted = {requirement.name: {""} for requirement in evidence.project(asked.project).main}
    for name in all_built:
        with in_file(evidence.path_of(name)), evidence.service(name) as service:
            holds(evidence.image(name), asked.packages, wanted)
            expect.answers(service.get(asked.path), evidence.nonce)


@check(points=1, needs=("starts-from-slim-python", "dependencies-before-source", "builds"))
def check_rebuild_reuses_dependencies(
    stage: Stage, built: Built, builds: Iterator[Built], evidence: LabEvidence, lab: Lab
) -> None:
    """Editing the source does not install the dependencies again."""
    file = evidence.path_of(lab.dockerfile)
    expect.dependencies_reused(origins(stage, built), (each.layers for each in builds), file)


@check(points=2, needs=("fat-starts-from-python", "starts-from-slim-python", "serves-hello-world"))
def check_slim_is_smaller(
    all_built: Mapping[str, Built], evidence: LabEvidence, lab: Lab, asked: Asked, record_property: Recorder
) -> None:
    """The slim image has at most {slim_percent} % of the size of the fat one."""
    sizes = {name: evidence.image(name).size for name in all_built}
    record_property(MEASURED, beside(evidence.answers_if_any(), sizes, asked.answer_keys))
    slim, fat = sizes[lab.dockerfile], sizes[asked.fat_dockerfile]
    what = f"the slim image ({slim / MEGA:.0f} MB) as a share of the fat one ({fat / MEGA:.0f} MB)"
    help = (
        "The base makes the difference, unless you install on the slim one what it leaves out for a reason."
    )
    expect.at_most(100 * slim / fat, asked.slim_percent, what, "%", help)


@check(points=1, needs=("installs-main-dependencies-only", "serves-hello-world"))
def check_has_no_development_packages(image: Image, evidence: LabEvidence, asked: Asked) -> None:
    """Nothing of the development group is in any layer of the slim image."""
    names = asked.development
    with in_file(evidence.path_of(asked.project)):
        project.kept_for_development(evidence.project(asked.project), names)
    project.not_in_image(image, names)


@check(points=1, needs="slim-is-smaller")
def check_within_size_budget(
    image: Image, asked: Asked, stage: Stage, built: Built, record_property: Recorder
) -> None:
    """What you add to the slim base is at most {budget_mb} MB."""
    record_property(MEASURED, listing(origins(stage, built), image.layers))
    help = "The measured layers tell where it is: caches, compilers and copied data are the usual ones."
    what = "what the layers above the slim base add"
    expect.at_most(image.own_bytes / MEGA, asked.budget_mb, what, "MB", help)

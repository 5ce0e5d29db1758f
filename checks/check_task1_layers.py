"""Task 1, Layers: one Dockerfile in which every command shows what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks import expect
from checks.evidence.image.figures import MEGA
from checks.evidence.image.provenance import listing, origins
from checks.expect.images import holds, holds_of_debian, made_of
from checks.grading.check import MEASURED, check
from checks.parsing.packages.build_files import context_copies, copies_whole_context
from checks.parsing.packages.package_steps import apt_steps, runs_of
from checks.rules.several_commands_in_run import several_commands_in_run
from checks.sections import FigureSettings

if TYPE_CHECKING:
    from checks.evidence.image.built import Built
    from checks.evidence.image.image import Image
    from checks.evidence.service.service import Service
    from checks.grading.check import Recorder
    from checks.grading.evidence import LabEvidence
    from checks.lab import Lab
    from checks.parsing.dockerfile.stages import Stage
    from checks.parsing.packages.build_files import Read
    from checks.parsing.text.yaml_node import YamlNode


@dataclass(frozen=True, kw_only=True)
class Asked(FigureSettings):
    """What only this lab asks for.

    `ppa_tools` is the Debian package that brings `add-apt-repository`. `packages` are for pip, with their
    versions. `budget_mb` is what the student's layers may add to the base, in 10^6 bytes.
    """

    frontend: str
    python: str
    ppa: str
    ppa_tools: str
    pip: str
    packages: tuple[str, ...]
    workdir: str
    host: str
    server: str
    app: str
    path: str
    budget_mb: float


@check(points=1)
def check_starts_from_ubuntu(stage: Stage, lab: Lab) -> None:
    """The image starts from `{base}`."""
    expect.based_on(stage, lab.image.bases)


@check(points=2)
def check_one_command_per_run(stage: Stage) -> None:
    """Every command has a `RUN` of its own."""
    help = "Install what the service needs, one command in each."
    runs = expect.instruction(runs_of(stage), stage, expect.Meant("RUN", "a `RUN`"), help)
    expect.finds_nothing(several_commands_in_run, stage, among=runs, what="a `RUN`")


@check(points=1)
def check_frontend_is_a_build_argument(stage: Stage) -> None:
    """`ARG DEBIAN_FRONTEND=noninteractive` is in force wherever apt runs, and no `ENV` sets it."""
    expect.frontend_is_an_argument(stage)


@check(points=1)
def check_python_is_unbuffered(stage: Stage) -> None:
    """`PYTHONUNBUFFERED` is set in the image, to something."""
    expect.unbuffered(stage)


@check(points=2)
def check_python_comes_from_deadsnakes(stage: Stage, asked: Asked) -> None:
    """`{ppa_tools}`, then `{ppa}`, then an apt update, then `{python}`, in that order."""
    tools, ppa, python = asked.ppa_tools, asked.ppa, asked.python
    steps = [
        expect.Step(f"an apt install of `{tools}`", lambda entry: entry.installs(tools), tools),
        expect.Step(f"`add-apt-repository {ppa}`", lambda entry: entry.adds(ppa), ppa),
        expect.Step("`apt-get update`", lambda entry: entry.updates, "update"),
        expect.Step(f"an apt install of `{python}`", lambda entry: entry.installs(python), python),
    ]
    expect.in_order(stage, steps)


@check(points=1)
def check_pip_is_installed(stage: Stage, asked: Asked) -> None:
    """`{pip}` is installed by apt."""
    pip = asked.pip
    what, help = f"an apt install of `{pip}`", "On Ubuntu, pip is a package of its own."
    sought = expect.Sought(
        what, lambda each: [step for step in apt_steps(each) if step.installs(pip)], "apt", pip
    )
    expect.required(sought, stage, help)


@check(points=1)
def check_packages_are_pinned(stage: Stage, asked: Asked, context: Read) -> None:
    """The Python packages are installed, each in its exact version."""
    expect.packages_pinned(stage, context, asked.packages, asked.python)


@check(points=1)
def check_works_in_server(stage: Stage, asked: Asked) -> None:
    """The working directory is `{workdir}`."""
    expect.works_in(stage, asked.workdir)


@check(points=1)
def check_copies_the_context(stage: Stage, asked: Asked) -> None:
    """Everything in the folder is copied to `{workdir}`."""
    target = asked.workdir
    help = "The first dot is the folder that is built: all of it, whatever is added to it later."
    copies = expect.instruction(
        context_copies(stage), stage, expect.Meant("COPY", "a `COPY` of the whole folder"), help
    )
    if not any(copies_whole_context(copy, target) for copy in copies):
        said = f"`{copies[-1]}`, which copies to `{copies[-1].destination}`"
        raise expect.CheckFailed(f"`COPY . {target}`", said, help, line=copies[-1].line)


@check(points=1)
def check_exposes_8000(stage: Stage, lab: Lab) -> None:
    """Port {port} is exposed."""
    expect.exposes(stage, lab.port)


@check(points=1)
def check_entrypoint_is_uvicorn(stage: Stage, asked: Asked) -> None:
    """The `ENTRYPOINT` is `{server}`, in exec form."""
    expect.runs_uvicorn(stage, asked.server)


@check(points=1)
def check_cmd_serves_on_all_interfaces(stage: Stage, lab: Lab, asked: Asked) -> None:
    """The `CMD`, in exec form, serves `{app}` on {host}, port {port}."""
    expect.serves(stage, asked.app, asked.host, lab.port)


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
    holds_of_debian(image, stage, [asked.python, asked.pip])
    expect.answers(service.get(asked.path), evidence.nonce)


@check(points=1, needs=("frontend-is-a-build-argument", "serves-hello-world"))
def check_frontend_does_not_persist(built: Built, service: Service) -> None:
    """`DEBIAN_FRONTEND` is not in the environment of a container."""
    expect.absent("DEBIAN_FRONTEND", built.environment, "the image's environment")
    expect.absent("DEBIAN_FRONTEND", service.file("/etc/environment").splitlines(), "/etc/environment")


@check(points=1, needs="serves-hello-world")
def check_answers_match_the_image(answers: YamlNode, image: Image, asked: Asked) -> None:
    """`answers.yaml` has the largest layer, the size and the wasted space as dive shows them."""
    expect.figure(answers, "image_size_mb", image.size, asked)
    expect.figure(answers, "wasted_space_mb", image.wasted_bytes, asked)
    expect.largest_layer(answers, "largest_layer", image)


@check(points=1, needs="serves-hello-world")
def check_within_size_budget(
    image: Image, asked: Asked, stage: Stage, built: Built, record_property: Recorder
) -> None:
    """What you add to the base is at most {budget_mb} MB."""
    record_property(MEASURED, listing(origins(stage, built), image.layers))
    what, help = "what the layers above the base add", "Leave out what the service does not need."
    expect.at_most(image.own_bytes / MEGA, asked.budget_mb, what, "MB", help)

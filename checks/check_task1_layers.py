"""Task 1, Layers: one Dockerfile in which every command shows what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import expect
from checks.evidence.image.figures import MEGA
from checks.evidence.image.provenance import listing, origins
from checks.expect.images import holds, holds_of_debian, made_of
from checks.grading.check import MEASURED, check
from checks.parsing.packages.build_files import context_copies, copies_whole_context
from checks.parsing.packages.package_steps import apt_steps, runs_of
from checks.rules.several_commands_in_run import several_commands_in_run

if TYPE_CHECKING:
    from checks.evidence.image.built import Built
    from checks.evidence.image.image import Image
    from checks.evidence.service.service import Service
    from checks.grading.check import Recorder
    from checks.grading.evidence import LabEvidence
    from checks.lab import Lab
    from checks.parsing.dockerfile.stages import Stage
    from checks.parsing.text.yaml_node import YamlNode


@check(points=1)
def check_starts_from_ubuntu(stage: Stage, lab: Lab) -> None:
    """The image starts from `{base}`."""
    expect.based_on(stage, (lab.text("base"), *lab.texts("base_aliases")))


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
def check_python_comes_from_deadsnakes(stage: Stage, lab: Lab) -> None:
    """`{ppa_tools}`, then `{ppa}`, then an apt update, then `{python}`, in that order."""
    tools, ppa, python = lab.text("ppa_tools"), lab.text("ppa"), lab.text("python")
    steps = [
        expect.Step(f"an apt install of `{tools}`", lambda entry: entry.installs(tools), tools),
        expect.Step(f"`add-apt-repository {ppa}`", lambda entry: entry.adds(ppa), ppa),
        expect.Step("`apt-get update`", lambda entry: entry.updates, "update"),
        expect.Step(f"an apt install of `{python}`", lambda entry: entry.installs(python), python),
    ]
    expect.in_order(stage, steps)


@check(points=1)
def check_pip_is_installed(stage: Stage, lab: Lab) -> None:
    """`{pip}` is installed by apt."""
    pip = lab.text("pip")
    what, help = f"an apt install of `{pip}`", "On Ubuntu, pip is a package of its own."
    sought = expect.Sought(
        what, lambda each: [step for step in apt_steps(each) if step.installs(pip)], "apt", pip
    )
    expect.required(sought, stage, help)


@check(points=1)
def check_packages_are_pinned(stage: Stage, lab: Lab, evidence: LabEvidence) -> None:
    """The Python packages are installed, each in its exact version."""
    expect.packages_pinned(stage, evidence.context_file, lab.texts("packages"), lab.text("python"))


@check(points=1)
def check_works_in_server(stage: Stage, lab: Lab) -> None:
    """The working directory is `{workdir}`."""
    expect.works_in(stage, lab.text("workdir"))


@check(points=1)
def check_copies_the_context(stage: Stage, lab: Lab) -> None:
    """Everything in the folder is copied to `{workdir}`."""
    target = lab.text("workdir")
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
    expect.exposes(stage, lab.text("port"))


@check(points=1)
def check_entrypoint_is_uvicorn(stage: Stage, lab: Lab) -> None:
    """The `ENTRYPOINT` is `{server}`, in exec form."""
    expect.runs_uvicorn(stage, lab.text("server"))


@check(points=1)
def check_cmd_serves_on_all_interfaces(stage: Stage, lab: Lab) -> None:
    """The `CMD`, in exec form, serves `{app}` on {host}, port {port}."""
    expect.serves(stage, lab.text("app"), lab.text("host"), lab.text("port"))


@check(points=1)
def check_builds(built: Built, stage: Stage, lab: Lab) -> None:
    """The Dockerfile builds."""
    made_of(built, stage, lab.value("nonce")["file"])


@check(points=2, needs="builds")
def check_serves_hello_world(
    service: Service, evidence: LabEvidence, lab: Lab, image: Image, stage: Stage
) -> None:
    """The container answers Hello World on its published port, from the source in your folder."""
    asked = expect.packages_asked(stage, evidence.context_file, lab.text("python"))
    holds(image, lab.texts("packages"), asked)
    holds_of_debian(image, stage, [lab.text("python"), lab.text("pip")])
    expect.answers(service.get(lab.text("path")), evidence.nonce)


@check(points=1, needs=("frontend-is-a-build-argument", "serves-hello-world"))
def check_frontend_does_not_persist(built: Built, service: Service) -> None:
    """`DEBIAN_FRONTEND` is not in the environment of a container."""
    expect.absent("DEBIAN_FRONTEND", built.environment, "the image's environment")
    expect.absent("DEBIAN_FRONTEND", service.file("/etc/environment").splitlines(), "/etc/environment")


@check(points=1, needs="serves-hello-world")
def check_answers_match_the_image(answers: YamlNode, image: Image, lab: Lab) -> None:
    """`answers.yaml` has the largest layer, the size and the wasted space as dive shows them."""
    expect.figure(answers, "image_size_mb", image.size, lab)
    expect.figure(answers, "wasted_space_mb", image.wasted_bytes, lab)
    expect.largest_layer(answers, "largest_layer", image)


@check(points=1, needs="serves-hello-world")
def check_within_size_budget(
    image: Image, lab: Lab, stage: Stage, built: Built, record_property: Recorder
) -> None:
    """What you add to the base is at most {budget_mb} MB."""
    record_property(MEASURED, listing(origins(stage, built), image.layers))
    what, help = "what the layers above the base add", "Leave out what the service does not need."
    expect.at_most(image.own_bytes / MEGA, lab.number("budget_mb"), what, "MB", help)

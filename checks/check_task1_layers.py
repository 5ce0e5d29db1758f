"""Task 1, Layers: one Dockerfile in which every command shows what it costs."""

from checks import expect
from checks.evidence.figures import is_instruction, megabytes
from checks.evidence.image import Image
from checks.evidence.service import Service
from checks.grading.check import check
from checks.grading.gathering import Built, Gathering
from checks.grading.lab import Lab
from checks.parsing.images import same_image
from checks.parsing.server import server_command
from checks.parsing.stages import Stage
from checks.parsing.yamlfile import YamlNode
from checks.rules.apt_without_frontend import apt_without_frontend
from checks.rules.frontend_in_environment import frontend_in_environment
from checks.rules.several_commands_in_run import several_commands_in_run


@check(points=1)
def check_starts_from_ubuntu(stage: Stage, lab: Lab) -> None:
    """The image starts from `{base}`."""
    names = (lab.text("base"), *lab.texts("base_aliases"))
    if not any(same_image(stage.root_base, name) for name in names):
        expect.equal(stage.root_base, names[0], "the base image", line=stage.line)


@check(points=2)
def check_one_command_per_run(stage: Stage) -> None:
    """Every command has a `RUN` of its own."""
    expect.finds_nothing(several_commands_in_run, stage, among=stage.runs, what="`RUN` instructions")


@check(points=1)
def check_frontend_is_a_build_argument(stage: Stage) -> None:
    """`ARG DEBIAN_FRONTEND=noninteractive` is in force wherever apt runs, and no `ENV` sets it."""
    apt = [run for run in stage.runs if run.apt_commands]
    expect.finds_nothing(apt_without_frontend, stage, among=apt, what="`RUN` instructions with apt")
    expect.finds_nothing(frontend_in_environment, stage, among=apt, what="`RUN` instructions with apt")


@check(points=1)
def check_python_is_unbuffered(stage: Stage) -> None:
    """`PYTHONUNBUFFERED` is set in the image, to something."""
    expect.present(
        filter(None, [stage.environment.get("PYTHONUNBUFFERED")]),
        "`PYTHONUNBUFFERED` set with ENV, not to nothing",
        "Python buffers what it prints when nobody watches; logs then come late, or never.",
    )


@check(points=2)
def check_python_comes_from_deadsnakes(stage: Stage, lab: Lab) -> None:
    """`{ppa_tools}`, then `{ppa}`, then an apt update, then `{python}`, in that order."""
    tools, ppa, python = lab.text("ppa_tools"), lab.text("ppa"), lab.text("python")
    steps = [
        (f"an apt install of `{tools}`", lambda entry: entry.installs(tools)),
        (f"`add-apt-repository {ppa}`", lambda entry: entry.adds(ppa)),
        ("`apt-get update`", lambda entry: entry.updates),
        (f"an apt install of `{python}`", lambda entry: entry.installs(python)),
    ]
    expect.in_order(stage.apt_steps, steps, line=lambda entry: entry.line)

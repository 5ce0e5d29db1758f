"""Fixtures that give a check its evidence, by the name of a parameter.

A check names its evidence: `stage` if parsing the file is enough, `built`, `image` or `service` if an image must be
built and booted. Each fixture is made once per lab, when the first check asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.expect.basics import in_file
from checks.grading.plugin import PLUGIN, Grading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from checks.engine import Engine
    from checks.evidence.image.built import Built
    from checks.evidence.image.image import Image
    from checks.evidence.service.service import Service
    from checks.grading.baseline import Baseline
    from checks.grading.evidence import LabEvidence
    from checks.grading.running import RunningProject
    from checks.grading.services import RunningServices
    from checks.lab import Lab
    from checks.parsing.compose import Compose
    from checks.parsing.dockerfile.dockerfile import Dockerfile
    from checks.parsing.dockerfile.stages import Stage
    from checks.parsing.packages.build_files import Read
    from checks.parsing.text.typed import Section
    from checks.parsing.text.yaml_node import YamlNode


@pytest.fixture(scope="session")
def grading(pytestconfig: pytest.Config) -> Grading:
    """The plugin that runs these checks."""
    plugin = pytestconfig.pluginmanager.get_plugin(PLUGIN)
    assert isinstance(plugin, Grading), "checks are run by `python -m checks grade`"
    return plugin


@pytest.fixture(scope="module")
def evidence(grading: Grading, request: pytest.FixtureRequest) -> LabEvidence:
    """The evidence for the lab of this check module."""
    return grading.evidence_by_lab.of(request.path.stem.removeprefix("check_"))


@pytest.fixture(scope="module")
def lab(evidence: LabEvidence) -> Lab:
    """The lab, as its `lab.yaml` describes it."""
    return evidence.lab


@pytest.fixture(scope="module")
def asked(lab: Lab) -> Section:
    """The settings that only this lab has: the class `Asked` of its check module."""
    return lab.own


@pytest.fixture(scope="module")
def dockerfile(evidence: LabEvidence) -> Dockerfile:
    """The lab's main Dockerfile."""
    return evidence.dockerfile(evidence.lab.dockerfile)


@pytest.fixture(scope="module")
def stage(dockerfile: Dockerfile) -> Stage:
    """The final stage of the main Dockerfile, which becomes the image."""
    return dockerfile.final


@pytest.fixture(scope="module")
def context(evidence: LabEvidence) -> Read:
    """What reads the lists of requirements for the main Dockerfile."""
    return evidence.requirements_context(evidence.lab.dockerfile)


@pytest.fixture(scope="module")
def dockerfiles(evidence: LabEvidence, lab: Lab) -> Mapping[str, Dockerfile]:
    """All Dockerfiles of the lab, by path in the submission."""
    found = {}
    for name in lab.images:
        with in_file(evidence.path_of(name)):
            found[evidence.path_of(name)] = evidence.dockerfile(name)
    return found


@pytest.fixture(scope="module")
def stages(dockerfiles: Mapping[str, Dockerfile]) -> Mapping[str, Stage]:
    """The final stage of each Dockerfile, by path in the submission."""
    return {file: dockerfile.final for file, dockerfile in dockerfiles.items()}


@pytest.fixture(scope="module")
def answers(evidence: LabEvidence) -> YamlNode:
    """The student's answers.yaml."""
    return evidence.answers("answers.yaml")


@pytest.fixture(scope="module")
def engine(evidence: LabEvidence) -> Engine:
    """The engine that builds and boots; without one, a check that uses this fixture is not run."""
    engine, _ = evidence.engines.ready()
    return engine


@pytest.fixture(scope="module")
def accepted(evidence: LabEvidence) -> None:
    """Raise `CheckFailed` if Docker would refuse the lab's Dockerfiles; this needs no engine."""
    from checks.grading.build import refuse_unbuildable

    refuse_unbuildable(evidence.build_context)


@pytest.fixture(scope="module")
def built(evidence: LabEvidence, accepted: None, engine: Engine) -> Built:  # noqa: ARG001 - they must be there first
    """The image built from the main Dockerfile."""
    return evidence.built(evidence.lab.dockerfile)


@pytest.fixture(scope="module")
def all_built(evidence: LabEvidence, lab: Lab, built: Built) -> Mapping[str, Built]:  # noqa: ARG001 - first
    """The images built from all Dockerfiles of the lab, by the Dockerfile's name."""
    return {name: evidence.built(name) for name in lab.images}


@pytest.fixture(scope="module")
def builds(evidence: LabEvidence, built: Built) -> Iterator[Built]:  # noqa: ARG001 - fails if the build fails
    """The main image, then a build after each edit of the app's source; each is built on demand."""
    return evidence.builds(evidence.lab.dockerfile)


@pytest.fixture(scope="module")
def image(evidence: LabEvidence, built: Built) -> Image:  # noqa: ARG001 - it must be built first
    """The contents of the main image."""
    return evidence.image(evidence.lab.dockerfile)


@pytest.fixture(scope="module")
def earlier(grading: Grading, lab: Lab, built: Built) -> Baseline:  # noqa: ARG001 - the image to compare it with
    """The image of the earlier lab that this one improves on."""
    from checks.grading.baseline import Baseline
    from checks.sections import BaselineSettings

    return Baseline(grading.evidence_by_lab, lab.asks(BaselineSettings).earlier)


@pytest.fixture(scope="module")
def service(evidence: LabEvidence, built: Built) -> Iterator[Service]:  # noqa: ARG001 - it must be built first
    """A running container of the main image."""
    with evidence.service(evidence.lab.dockerfile) as service:
        yield service


@pytest.fixture(scope="module")
def compose(evidence: LabEvidence) -> Compose:
    """The lab's Compose file, with the variables of the student's example."""
    from checks.grading.normalized import composed

    return composed(evidence)


@pytest.fixture(scope="module")
def services(evidence: LabEvidence, engine: Engine) -> Iterator[RunningServices]:  # noqa: ARG001 - as above
    """All services of the Compose file, running with its settings."""
    from checks.grading.services import services_at_work

    with services_at_work(evidence) as services:
        yield services


@pytest.fixture(scope="module")
def booted(evidence: LabEvidence, engine: Engine) -> Iterator[RunningProject]:  # noqa: ARG001 - as above
    """The project of the Compose file, booted twice."""
    from checks.grading.running import booted

    with booted(evidence) as project:
        yield project

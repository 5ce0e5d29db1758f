"""Normalised Compose projects: parsed, judged, normalised by Compose, then bounded, before anything boots.

Services that boot together are judged together, since harmless services may do harm in combination.
"""

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.engine.limits import ContainerLimits
from checks.engine.project.binds import entangled
from checks.engine.project.counts import LIMITS as PROJECT
from checks.engine.project.document import Document
from checks.engine.project.effect import MAX_PATH, Confined
from checks.engine.project.hazards import Hazard, hazards
from checks.engine.project.project import ComposeRefused, Project
from checks.engine.project.resources import memory_taken
from checks.engine.project.sandbox import Sandbox
from checks.grading.environment import variables_of
from checks.grading.images import Images
from checks.grading.safety import as_node, line_of, refuse, refuse_volumes
from checks.outcomes import CheckFailed
from checks.parsing.compose import Compose, parse_compose
from checks.parsing.compose.dotenv import parse_dotenv
from checks.sanitize import fenced, sanitize_line
from checks.sections import ComposeSettings

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence


LIMITS = ContainerLimits()


def composed(evidence: "LabEvidence", environment: bytes | None = None) -> Compose:
    """Parse the student's file with the variables of `environment`, a `.env`; the default is their example."""
    name, example = evidence.lab.main_file, evidence.lab.asks(ComposeSettings).environment
    data = evidence.handed_in(name)
    given = environment if environment is not None else evidence.context_file(example) or b""
    variables = evidence.canary_files.filling(variables_of(evidence, given).get)
    with evidence.reading(name):
        return parse_compose(data, name, variables, lambda path: _is_there(evidence, path))


def _is_there(evidence: "LabEvidence", path: str) -> bool:
    """Whether the folder has this file; True for `.env`, which the grader makes, and for paths outside."""
    root = evidence.workspace().root
    if len(path) > MAX_PATH:
        return False
    if posixpath.normpath(path) == ".env" or Confined(root).refusal(path):
        return True
    return os.path.isfile(root / path)  # noqa: PTH113 - it is False, too, for a name that is invalid on every system


@dataclass(frozen=True)
class NormalizedProject:
    """One normalised form of the file; `environment` is the content of its `.env`."""

    compose: Compose
    document: Document
    environment: bytes

    def service(self, name: str) -> Document:
        """Return one of its services, as Compose normalised it."""
        found: Document = self.document["services"][name]
        return found

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables that the `.env` sets."""
        return parse_dotenv(self.environment).values

    def of(self, names: Iterable[str]) -> Document:
        """Return the document with only these services and the secrets and configs that they use."""
        services = {name: self.document["services"][name] for name in names}
        sections = {key: _granted(self.document, services, key) for key in ("secrets", "configs")}
        return {**self.document, **sections, "services": services}

    def bounded(self, images: Images, project: Project, names: Sequence[str]) -> Document:
        """Return the document with which these services boot: within limits, each with the id of its image."""
        ids = images.of({name: self.service(name) for name in names})
        configs = {name: images.config(image_id) for name, image_id in ids.items()}
        refuse_volumes(images.evidence, sum(len(config.get("Volumes") or ()) for config in configs.values()))
        _, run = images.evidence.engines.ready()
        bounds = Sandbox(run.labels, LIMITS, ids.__getitem__, lambda name: configs[name].get("Healthcheck"))
        return bounds.applied(self.of(ids), project.name)

    def needed(self, name: str) -> Iterator[str]:
        """Yield a service and its dependencies, direct and indirect, each once."""
        pending, seen = [name], set[str]()
        while pending:
            current = pending.pop()
            if current in seen or current not in self.document["services"]:
                continue
            seen.add(current)
            yield current
            pending.extend(self.document["services"][current].get("depends_on") or ())


def _granted(document: Document, services: Mapping[str, Document], key: str) -> Document:
    names = {grant["source"] for service in services.values() for grant in service.get(key) or ()}
    return {name: entry for name, entry in (document.get(key) or {}).items() if name in names}


def form(evidence: "LabEvidence", project: Project, environment: bytes) -> NormalizedProject:
    """Normalise the file with this `.env`; judge it before and after that, and raise `CheckFailed` for a hazard."""
    (project.root / ".env").write_bytes(environment)
    compose = composed(evidence, environment)
    refuse(evidence, compose, hazards(compose.node, project.root))
    try:
        variables = evidence.canary_files.filling(variables_of(evidence, environment).get)
        document = project.normalised(compose.node, variables)
    except ComposeRefused as refused:
        raise CheckFailed(
            "a file that `docker compose config` accepts",
            fenced(str(refused)),
            "Run `docker compose config` yourself: it says the same.",
            file=evidence.path_of(compose.path),
        ) from None
    refuse(evidence, compose, hazards(as_node(document, evidence, compose), project.root))
    return NormalizedProject(compose, document, environment)


APART = "no mount, secret or config that lies in a folder which a service may write to"
APART_HELP = (
    "The grader mounts a copy of each path, so that no container can put a link where another one mounts: "
    "what one writes, the other would not see. Mount the outer one read-only (`:ro`), or only what is written to."
)


def judge_together(evidence: "LabEvidence", form: NormalizedProject, names: Iterable[str]) -> None:
    """Raise `CheckFailed` for services that may not boot together, even if each may boot without the others."""
    document, root = form.of(names), evidence.workspace().root
    for place, why in entangled(document, root):
        file, line = evidence.path_of(form.compose.path), line_of(form.compose.node, place)
        raise CheckFailed(APART, sanitize_line(why), APART_HELP, file=file, line=line)
    if (taken := memory_taken(document["services"], LIMITS.memory_mib)) > PROJECT.memory_mib:
        most = PROJECT.memory_mib
        why = f"memory of {taken} MiB is more than is given: at most {most} (the limit of memory)"
        refuse(evidence, form.compose, [Hazard("services", 0, f"all services together: {why}")])
    for section in ("secrets", "configs"):
        for name, entry in document[section].items():
            if (variable := entry.get("environment")) and variable not in form.variables:
                raise CheckFailed(
                    f"a value for `{sanitize_line(variable)}` in `.env`, from which a container gets it as a file",
                    "there is none",
                    f"Put it into `{evidence.lab.asks(ComposeSettings).environment}`.",
                    file=evidence.path_of(form.compose.path),
                    line=line_of(form.compose.node, f"{section}.{name}"),
                )

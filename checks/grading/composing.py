"""From a student's compose.yaml to projects that may be booted: parsed, judged, normalised, bounded."""

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.engine.compose.binds import entangled
from checks.engine.compose.bounded import Bounds, Document, memory_taken
from checks.engine.compose.confined import Confined
from checks.engine.compose.counts import LIMITS as PROJECT
from checks.engine.compose.hazards import Hazard, hazards
from checks.engine.compose.project import ComposeRefused, Project
from checks.engine.limits import ContainerLimits
from checks.evidence.output import quote, visible_line
from checks.expect.failure import CheckFailed
from checks.parsing.compose import Compose, parse_compose
from checks.parsing.dotenv import DotEnv, parse_dotenv
from checks.parsing.errors import ParseError
from checks.parsing.yamlfile import parse_yaml
from checks.parsing.yamlnode import YamlNode

if TYPE_CHECKING:
    from checks.grading.gathering import Gathering
    from checks.grading.images import Images

LIMITS = ContainerLimits()
SAFE = "a Compose file that keeps to its own folder, to its own network and to the grader's limits"
UNSAFE_HELP = (
    "The grader boots no project that could reach or exhaust the machine it runs on. Leave this out; the README of "
    "the lab says of each key what becomes of it."
)
APART = "no mount, secret or config that lies in a folder which a service may write to"
APART_HELP = (
    "The grader mounts a copy of each path, so that no container can put a link where another one mounts: "
    "what one writes, the other would not see. Mount the outer one read-only (`:ro`), or only what is written to."
)


def composed(gathering: "Gathering", environment: bytes | None = None) -> Compose:
    """The student's file, with the variables of `environment`, which is a `.env`; by default their example."""
    name, example = gathering.lab.text("compose"), gathering.lab.text("environment")
    data = gathering.handed_in(name)
    given = environment if environment is not None else gathering.context_file(example) or b""
    variables = gathering.planting.filling(_variables(gathering, given).get)
    with gathering.reading(name):
        return parse_compose(data, name, variables, lambda path: _is_there(gathering, path))


def _is_there(gathering: "Gathering", path: str) -> bool:
    """Whether the folder has this file; `.env` is made in each, and what is outside is judged elsewhere."""
    root = gathering.workspace().root
    if posixpath.normpath(path) == ".env" or Confined(root).refusal(path):
        return True
    return os.path.isfile(root / path)  # noqa: PTH113 - it is False, too, for a name that no system takes


def dot_env(gathering: "Gathering", settings: Mapping[str, str]) -> bytes:
    """The student's example with these settings: in place of their own, or added."""
    values = dict(example_of(gathering))
    secret = gathering.lab.text("secret_variable")
    if secret in values:  # where the example has a place for the key, its owner puts the key
        values[secret] = gathering.planting.value(gathering.lab.text("secret_file"))
    return "".join(f"{name}={_quoted(value)}\n" for name, value in {**values, **settings}.items()).encode()


def example_of(gathering: "Gathering") -> Mapping[str, str]:
    """What the student's example sets."""
    return _variables(gathering, gathering.context_file(gathering.lab.text("environment")) or b"").values


def _variables(gathering: "Gathering", environment: bytes) -> DotEnv:
    """What a `.env` says; where it cannot be read, so can the student's example."""
    example = gathering.lab.text("environment")
    with gathering.reading(example):
        return parse_dotenv(environment, example)


@dataclass(frozen=True)
class Form:
    """One normalised form of the file, made with the `.env` that `environment` holds."""

    compose: Compose
    document: Document
    environment: bytes

    def service(self, name: str) -> Document:
        """One of its services, as Compose normalised it."""
        found: Document = self.document["services"][name]
        return found

    @property
    def variables(self) -> Mapping[str, str]:
        """What that `.env` says."""
        return parse_dotenv(self.environment).values

    def of(self, names: Iterable[str]) -> Document:
        """The file with these services alone, and the secrets and configs that they are given."""
        services = {name: self.document["services"][name] for name in names}
        sections = {key: _granted(self.document, services, key) for key in ("secrets", "configs")}
        return {**self.document, **sections, "services": services}

    def bounded(self, images: "Images", project: Project, names: Sequence[str]) -> Document:
        """These services, each with the id of its image, as they are booted."""
        ids = images.of(self, names)
        configs = {name: images.config(image_id) for name, image_id in ids.items()}
        _refuse_volumes(
            images.gathering, sum(len(config.get("Volumes") or ()) for config in configs.values())
        )
        _, run = images.gathering.engines.ready()
        bounds = Bounds(run.labels, LIMITS, ids.__getitem__, lambda name: configs[name].get("Healthcheck"))
        return bounds.applied(self.of(ids), project.name)

    def needed(self, name: str) -> Iterator[str]:
        """A service and those that it waits for, each once."""
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


def form(gathering: "Gathering", project: Project, environment: bytes) -> Form:
    """The file with this `.env`, judged before and after Compose has normalised it; raises `CheckFailed`."""
    (project.root / ".env").write_bytes(environment)
    compose = composed(gathering, environment)
    _refuse(gathering, compose, hazards(compose.node, project.root))
    try:
        variables = gathering.planting.filling(_variables(gathering, environment).get)
        document = project.normalised(compose.node, variables)
    except ComposeRefused as refused:
        raise CheckFailed(
            "a file that `docker compose config` accepts",
            quote(str(refused)),
            "Run `docker compose config` yourself: it says the same.",
            file=gathering.path_of(compose.path),
        ) from None
    _refuse(gathering, compose, hazards(_as_node(document, gathering, compose), project.root))
    return Form(compose, document, environment)


def judge_together(gathering: "Gathering", form: Form, names: Iterable[str]) -> None:
    """What services may not do that boot together, of which each alone may be right; raises `CheckFailed`."""
    document, root = form.of(names), gathering.workspace().root
    for place, why in entangled(document, root):
        file, line = gathering.path_of(form.compose.path), _line(form.compose.node, place)
        raise CheckFailed(APART, visible_line(why), APART_HELP, file=file, line=line)
    if (taken := memory_taken(document["services"], LIMITS.memory_mib)) > PROJECT.memory_mib:
        most = PROJECT.memory_mib
        why = f"memory of {taken} MiB is more than is given: at most {most} (the limit of memory)"
        _refuse(gathering, form.compose, [Hazard("services", 0, f"all services together: {why}")])
    for section in ("secrets", "configs"):
        for name, entry in document[section].items():
            if (variable := entry.get("environment")) and variable not in form.variables:
                raise CheckFailed(
                    f"a value for `{visible_line(variable)}` in `.env`, from which a container gets it as a file",
                    "there is none",
                    f"Put it into `{gathering.lab.text('environment')}`.",
                    file=gathering.path_of(form.compose.path),
                    line=_line(form.compose.node, f"{section}.{name}"),
                )


def _refuse_volumes(gathering: "Gathering", count: int) -> None:
    """Raise `CheckFailed` for images that have more volumes than an engine should make."""
    if count > PROJECT.volumes:
        file = gathering.path_of(gathering.lab.text("dockerfile"))
        raise CheckFailed(SAFE, PROJECT.sentence("volumes", count), UNSAFE_HELP, file=file)


def _refuse(gathering: "Gathering", compose: Compose, found: Iterable[Hazard]) -> None:
    """Raise `CheckFailed` for the first thing that the grader's machine must be spared."""
    for hazard in found:
        raise CheckFailed(
            SAFE,
            visible_line(hazard.why),
            UNSAFE_HELP,
            file=gathering.path_of(compose.path),
            line=_line(compose.node, hazard.path),
        )


def _as_node(document: Document, gathering: "Gathering", compose: Compose) -> YamlNode:
    """What Compose made of it, to be read by the same eyes."""
    import json

    try:
        return parse_yaml(json.dumps(document).encode(), compose.path, allow_aliases=False)
    except ParseError as error:
        why = visible_line(error.message)
        raise CheckFailed(SAFE, why, UNSAFE_HELP, file=gathering.path_of(compose.path)) from None


def _line(node: YamlNode, path: str) -> int:
    """The line of a place, or of what is around it: normalising adds what nobody wrote."""
    line, at = node.line, node
    for part in path.replace("[", ".[").split("."):
        key: str | int = int(part[1:-1]) if part.startswith("[") and part[1:-1].isdecimal() else part
        below = at.get(key)
        if below is None:
            return line
        line = at.key_line(key) if isinstance(key, str) else below.line
        at = below
    return line


def _quoted(value: Any) -> str:
    """A value between single quotes, in which nothing is replaced; one that would end them is in double ones."""
    if "'" not in value and "\\" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'

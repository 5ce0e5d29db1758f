"""From a student's compose.yaml to projects that may be booted: parsed, judged, normalised, bounded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.engine.compose.bounded import Bounds, Document
from checks.engine.compose.hazards import hazards
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

LIMITS = ContainerLimits()
SAFE = "a Compose file that keeps to its own folder and to its own network"
UNSAFE_HELP = "The grader boots no project that could reach the machine it runs on. Leave this out."


def composed(gathering: "Gathering", environment: bytes | None = None) -> Compose:
    """The student's file, with the variables of `environment`, which is a `.env`; by default their example."""
    name, example = gathering.lab.text("compose"), gathering.lab.text("environment")
    data = gathering.handed_in(name)
    given = environment if environment is not None else gathering.context_file(example) or b""
    with gathering.reading(example):
        variables = parse_dotenv(given, example)
    with gathering.reading(name):
        return parse_compose(data, name, variables.get)


def dot_env(gathering: "Gathering", settings: Mapping[str, str]) -> bytes:
    """The student's example with these settings: in place of their own, or added."""
    example = gathering.lab.text("environment")
    with gathering.reading(example):
        known: DotEnv = parse_dotenv(gathering.context_file(example) or b"", example)
    values = {entry.name: entry.value for entry in known.variables if entry.value is not None}
    secret = gathering.lab.text("secret_variable")
    if secret in values:  # where the example has a place for the key, its owner puts the key
        values[secret] = gathering.planting.value(gathering.lab.text("secret_file"))
    return "".join(f"{name}={_quoted(value)}\n" for name, value in {**values, **settings}.items()).encode()


@dataclass(frozen=True)
class Form:
    """One normalised form of the file: `variant` with which `.env` it was made."""

    compose: Compose
    document: Document

    def service(self, name: str) -> Document:
        """One of its services, as Compose normalised it."""
        found: Document = self.document["services"][name]
        return found

    def bounded(self, gathering: "Gathering", project: Project, names: Mapping[str, str]) -> Document:
        """The services of `names`, each with the id of its image, as they are booted."""
        _, run = gathering.engines.ready()
        services = {name: self.document["services"][name] for name in names}
        bounds = Bounds(run.labels, LIMITS, names.__getitem__)
        return bounds.applied({**self.document, "services": services}, project.name)

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


def form(gathering: "Gathering", project: Project, environment: bytes) -> Form:
    """The file with this `.env`, judged before and after Compose has normalised it; raises `CheckFailed`."""
    (project.root / ".env").write_bytes(environment)
    compose = composed(gathering, environment)
    _refuse(gathering, compose, compose.node, project)
    try:
        document = project.normalised(compose.node)
    except ComposeRefused as refused:
        raise CheckFailed(
            "a file that `docker compose config` accepts",
            quote(str(refused)),
            "Run `docker compose config` yourself: it says the same.",
            file=gathering.path_of(compose.path),
        ) from None
    _refuse(gathering, compose, _as_node(document, gathering, compose), project)
    return Form(compose, document)


def _refuse(gathering: "Gathering", compose: Compose, judged: YamlNode, project: Project) -> None:
    """Raise `CheckFailed` for the first thing that the grader's machine must be spared."""
    for hazard in hazards(judged, project.root):
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
    """A value between single quotes, in which nothing is replaced; one with such a quote is in double ones."""
    if "'" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'

"""Parse a compose.yaml by the Compose Specification: once, with lines, and with its variables replaced.

compose = parse_compose(data, "compose.yaml", variables=parse_dotenv(env).get)
compose.services["api"].healthcheck
"""

from dataclasses import replace
from itertools import chain
from types import MappingProxyType

from checks.parsing.compose.dependencies import enabled
from checks.parsing.compose.exclusions import excluding
from checks.parsing.compose.extending import written_out
from checks.parsing.compose.interpolation import Lookup, Replacing
from checks.parsing.compose.model import Compose, FileObject, Service
from checks.parsing.compose.references import Present, dangling, sharing
from checks.parsing.compose.schema import FILE
from checks.parsing.compose.service import read_service
from checks.parsing.compose.shapes import examine, examine_keys
from checks.parsing.text.problems import Problem, Problems
from checks.parsing.text.yaml_file import parse_documents
from checks.parsing.text.yaml_node import YamlNode

__all__ = ["Compose", "Service", "parse_compose"]

OBSOLETE = "`version` is obsolete: Compose ignores it and warns each time; leave it out"


def parse_compose(
    data: bytes,
    path: str,
    variables: Lookup = lambda _name: None,
    present: Present = lambda _path: True,
) -> Compose:
    """Parse a Compose file; `variables` looks up those of the `.env` beside it.

    `present` says whether a file exists, by its path as written. Raises ParseError for anything but a YAML mapping.
    """
    problems = Problems()
    replacing = Replacing(variables, problems)
    documents = [replacing.of(document) for document in parse_documents(data, path)]
    node = written_out(documents, problems)
    examine_keys(node, problems)
    examine(FILE, node, problems)
    compose = _read(node, path, variables, tuple(replacing.unset))
    for problem in chain(dangling(compose, present), excluding(compose), sharing(compose)):
        problems.add(problem.line, problem.message)
        if problems.full:
            break
    return replace(compose, problems=tuple(sorted(problems.found)))


def _read(node: YamlNode, path: str, variables: Lookup, unset: tuple[Problem, ...]) -> Compose:
    services = {
        name: read_service(name, node["services"].key_line(name), child)
        for name, child in _entries(node, "services")
        if child.is_mapping
    }
    return Compose(
        path=path,
        services=MappingProxyType(services),
        secrets=_files(node, "secrets"),
        configs=_files(node, "configs"),
        volumes=tuple(name for name, _ in _entries(node, "volumes")),
        networks=tuple(name for name, _ in _entries(node, "networks")),
        problems=(),
        obsolete=(Problem(node.key_line("version"), OBSOLETE),) if "version" in node else (),
        unset=unset,
        enabled=enabled(services, variables("COMPOSE_PROFILES") or ""),
        node=node,
    )


def _entries(node: YamlNode, key: str) -> list[tuple[str, YamlNode]]:
    found = node.get(key)
    return list(found.items()) if found is not None and found.is_mapping else []


def _files(node: YamlNode, key: str) -> MappingProxyType[str, FileObject]:
    found = {}
    for name, child in _entries(node, key):
        file, external = child.get("file"), child.get("external")
        is_external = external is not None and (external.is_mapping or external.value is True)
        path = file.text if file is not None and isinstance(file.value, str) else None
        found[name] = FileObject(name, path, is_external, node[key].key_line(name))
    return MappingProxyType(found)

"""The document that we give to Compose: plain data, with the student's values and our ports.

Compose would take a variable without a value from the grader's environment. So we insert all values first and
double every dollar sign, and Compose interpolates nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from checks.engine.ports import LOOPBACK, free_port
from checks.parsing.compose.scalars import value_of
from checks.parsing.text.yaml_node import YamlNode

Document = dict[str, Any]
Lookup = Callable[[str], str | None]


def escaped(node: YamlNode) -> Any:
    """Return the plain value of a file, with every dollar sign doubled.

    It reads numbers as Compose's YAML reader does: `0440` is octal, `1_000` a thousand.
    """
    if node.is_mapping:
        return {key: escaped(child) for key, child in node.items()}
    if node.is_list:
        return [escaped(child) for child in node.elements()]
    value = value_of(node)
    value = node.value if value is ... else value
    return value.replace("$", "$$") if isinstance(value, str) else value


def filled(document: Any, variables: Lookup) -> Any:
    """Return the document with the student's values for names without one in `environment` and `build.args`.

    A name that has no value in `variables` stays bare. Values are escaped, so Compose replaces nothing in them.
    """
    services = document.get("services") if isinstance(document, dict) else None
    if not isinstance(services, dict):
        return document
    return {**document, "services": {name: _service(entry, variables) for name, entry in services.items()}}


def _service(service: Any, variables: Lookup) -> Any:
    if not isinstance(service, dict):
        return service
    made = dict(service)
    if "environment" in made:
        made["environment"] = _pairs(made["environment"], variables)
    if isinstance(build := made.get("build"), dict) and "args" in build:
        made["build"] = {**build, "args": _pairs(build["args"], variables)}
    return made


def _pairs(pairs: Any, variables: Lookup) -> Any:
    if isinstance(pairs, list):
        return [_entry(entry, variables) for entry in pairs]
    if isinstance(pairs, Mapping):
        return {
            name: _value(str(name), variables) if value is None else value for name, value in pairs.items()
        }
    return pairs


def _entry(entry: Any, variables: Lookup) -> Any:
    if not isinstance(entry, str) or "=" in entry:
        return entry
    value = _value(entry, variables)
    return entry if value is None else f"{entry}={value}"


def _value(name: str, variables: Lookup) -> str | None:
    value = variables(name)
    return None if value is None else value.replace("$", "$$")


def replicas(service: Document) -> int:
    """Return the number of containers of a normalised service."""
    return max(1, int(service.get("scale") or 1), int((service.get("deploy") or {}).get("replicas") or 1))


def on_loopback(port: Document) -> Document:
    """Return the port, published only on loopback; `Published` chooses its number at boot."""
    return {
        "mode": "ingress",
        "host_ip": LOOPBACK,
        "target": port["target"],
        "protocol": port.get("protocol", "tcp"),
    }


def publishing(document: Document, name: str, port: int) -> Document:
    """Return the document with this port of a service published, so that a check can connect to it."""
    service = document["services"][name]
    ports = service.get("ports") or []
    if any((entry["target"], entry["protocol"]) == (port, "tcp") for entry in ports):
        return document
    published = {**service, "ports": [*ports, on_loopback({"target": port})]}
    return {**document, "services": {**document["services"], name: published}}


@dataclass(frozen=True)
class Published:
    """The ports chosen on this machine, by service and by the index of the port in its list.

    Compose recreates a running service whose port changes, so each port stays the same at every `up`.
    """

    chosen: dict[tuple[str, int], int] = field(default_factory=dict)

    def applied(self, document: Document) -> Document:
        """Return the document with a number for each published port."""
        services = {name: self._service(name, entry) for name, entry in document["services"].items()}
        return {**document, "services": services}

    def forget(self, said: str) -> None:
        """Choose other numbers next time for the ports that an error names, since another program uses them."""
        for key, number in list(self.chosen.items()):
            if f":{number}" in said:
                del self.chosen[key]

    def _service(self, name: str, service: Document) -> Document:
        """Return a service with numbers; with several containers, the engine gives each container a port."""
        if replicas(service) > 1:
            return service
        ports = [
            {**port, "published": str(self._number(name, place))}
            for place, port in enumerate(service.get("ports") or ())
        ]
        return {**service, "ports": ports}

    def _number(self, name: str, place: int) -> int:
        return self.chosen.setdefault((name, place), free_port())

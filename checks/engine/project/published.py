"""The ports of this machine on which the services of a project are published: the same at every `up`."""

from dataclasses import dataclass, field
from typing import Any

from checks.engine.ports import free_port
from checks.engine.project.sandbox import copies

Document = dict[str, Any]


@dataclass(frozen=True)
class Published:
    """What was chosen, by service and by the place of the port in its list.

    With another port a service that is at work would be made anew, so each keeps what it has.
    """

    chosen: dict[tuple[str, int], int] = field(default_factory=dict)

    def applied(self, document: Document) -> Document:
        """The file with a port for each that it publishes."""
        services = {name: self._service(name, entry) for name, entry in document["services"].items()}
        return {**document, "services": services}

    def forget(self, said: str) -> None:
        """Choose others, next time, for those that a complaint names: somebody else has them."""
        for key, number in list(self.chosen.items()):
            if f":{number}" in said:
                del self.chosen[key]

    def _service(self, name: str, service: Document) -> Document:
        """Of several containers, each has a port of its own, which the engine chooses."""
        if copies(service) > 1:
            return service
        ports = [
            {**port, "published": str(self._number(name, place))}
            for place, port in enumerate(service.get("ports") or ())
        ]
        return {**service, "ports": ports}

    def _number(self, name: str, place: int) -> int:
        return self.chosen.setdefault((name, place), free_port())

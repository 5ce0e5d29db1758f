"""The order in which the services of a project come up, in sentences for the person who starts it."""

from collections.abc import Iterator

from checks.parsing.compose import Compose, Service
from checks.parsing.compose.dependencies import starting_order
from checks.parsing.compose.model import below
from checks.sanitize import sanitize_line

CONDITIONS = {
    "service_started": "has started",
    "service_healthy": "is healthy",
    "service_completed_successfully": "has ended with success",
}
DEFAULT = "service_started"


def coming_up(compose: Compose) -> Iterator[str]:
    """Yield a line per service: its number, its name, what it waits for, and where the host finds it."""
    for number, name in enumerate(starting_order(compose), start=1):
        service = compose.services[name]
        parts = [f"{number}. {sanitize_line(name)}", *_waits(service), *_doors(service)]
        yield ", ".join(parts)


def _waits(service: Service) -> Iterator[str]:
    for other in service.depends_on:
        condition = below(service.node, "depends_on", other, "condition")
        said = condition.text if condition is not None else DEFAULT
        yield f"once {sanitize_line(other)} {CONDITIONS.get(said, said)}"


def _doors(service: Service) -> Iterator[str]:
    for port in service.ports:
        if port.protocol == "tcp" and port.published is not None:
            yield f"at http://localhost:{port.published}"

"""Assertions about the networks of a project's containers, as the engine connects them."""

from collections.abc import Mapping
from typing import Any

from checks.expect.composition import Place
from checks.outcomes import CheckFailed
from checks.sanitize import sanitize_line

Facts = Mapping[str, Any]  # of a container, as `docker inspect` has them
ALONE = (
    "It asks nobody and answers nobody: `network_mode: none`. Without `networks`, all share the default one."
)
NONE = "none"  # the engine's network of those that have none


def one_way_in(serving: Facts, place: Place) -> None:
    """Assert that the container is on a network, and that exactly one of its ports is published."""
    if not networks(serving):
        raise _failed(
            "a network of its own for the service", "it has none", place, "Leave `network_mode` out."
        )
    if len(published(serving)) != 1:
        listed = ", ".join(published(serving)) or "none"
        help = "One entry in `ports:`. What only other services ask needs no port of the host."
        raise _failed("one published port, the only way in", f"published are: {listed}", place, help)


def out_of_reach(name: str, facts: Facts, others: Mapping[str, Facts], place: Place) -> None:
    """Assert that the container publishes nothing and shares no network with any other of these."""
    expected = f"a service `{name}` that nobody can reach, on no network or on one where it is alone"
    if ports := published(facts):
        raise _failed(expected, f"it publishes {', '.join(ports)}", place, ALONE)
    for other, theirs in others.items():
        if shared := networks(facts) & networks(theirs):
            listed = ", ".join(f"`{sanitize_line(network)}`" for network in sorted(shared))
            actual = f"it shares {listed} with `{sanitize_line(other)}`, which can reach all its ports there"
            raise _failed(expected, actual, place, ALONE)


def shares_nothing(name: str, services: Mapping[str, Facts], place: Place) -> None:
    """Assert that no other service of the file is on its networks; `services` are as Compose has normalised them.

    A service that nobody asks for is not booted here, but `docker compose up` boots it.
    """
    own = frozenset(services[name].get("networks") or ())
    for other, theirs in services.items():
        joins = theirs.get("network_mode") == f"service:{name}" or own & frozenset(
            theirs.get("networks") or ()
        )
        if other != name and joins:
            actual = f"`{sanitize_line(other)}` is on a network with it, and can reach all its ports there"
            raise _failed(f"a service `{name}` that nobody can reach", actual, place, ALONE)


def networks(facts: Facts) -> frozenset[str]:
    """Return the names of the networks that the container is on, or was on until it ended."""
    return frozenset(facts["NetworkSettings"]["Networks"] or ()) - {NONE}


def published(facts: Facts) -> tuple[str, ...]:
    """Return each way to one of its ports (`8080/tcp`) from a port of the host; two may lead to the same one."""
    bindings = facts["HostConfig"]["PortBindings"] or {}
    return tuple(port for port, bound in bindings.items() for _ in bound or ())


def _failed(expected: str, actual: str, place: Place, help: str) -> CheckFailed:
    return CheckFailed(expected, actual, help, file=place.file, line=place.line)

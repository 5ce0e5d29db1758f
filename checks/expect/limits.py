"""Assertions about the limits of a service: declared in its file, and in force in its container."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checks.engine.limits import MIB
from checks.engine.project.document import Document
from checks.engine.project.resources import declared
from checks.expect.basics import ABSENT
from checks.expect.composition import Place
from checks.outcomes import CheckFailed
from checks.parsing.compose.values import size_in_bytes


@dataclass(frozen=True, slots=True)
class Limit:
    """A resource limit: the resource, the value in the file, the value that the engine enforces, the maximum."""

    what: str
    declared: float | None
    in_force: float
    most: float


@dataclass(frozen=True, slots=True)
class Most:
    """The most that a limit of memory and a limit of CPU may be."""

    memory_mib: int
    cpus: float


def stays_within(service: Document, host: Mapping[str, Any], most: Most, place: Place) -> None:
    """Assert that a normalised service limits its memory and CPU, and that the engine enforces both.

    `host` is the engine's HostConfig of its container.
    """
    said = declared(service)
    memory, cpus = size_in_bytes(str(said.get("memory", ""))), float(said.get("cpus") or 0)
    limited(Limit("memory, in MiB", memory and memory / MIB, host["Memory"] / MIB, most.memory_mib), place)
    limited(Limit("CPU", cpus or None, host["NanoCpus"] / 1e9, most.cpus), place)


def limited(limit: Limit, place: Place) -> None:
    """Assert that the limit is declared, within the maximum, and in force."""
    expected = f"a limit of {limit.what}, of at most {limit.most:g}, in force"
    if limit.declared is None:
        actual = ABSENT
    elif limit.declared > limit.most:
        actual = f"it is {limit.declared:g}"
    elif abs(limit.in_force - limit.declared) > limit.declared / 1000:
        actual = f"the file says {limit.declared:g}, and in force is {limit.in_force:g}"
    else:
        return
    help = "`deploy.resources.limits` has `memory` and `cpus`; `reservations` are no limits."
    raise CheckFailed(expected, actual, help, file=place.file, line=place.line)

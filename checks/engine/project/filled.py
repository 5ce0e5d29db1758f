"""Names without a value in a Compose file: Compose would take them from whoever starts it, which is the grader."""

from collections.abc import Callable, Mapping
from typing import Any

Lookup = Callable[[str], str | None]


def filled(document: Any, variables: Lookup) -> Any:
    """A plain file with the student's own values for what `environment` and `build.args` only name.

    A name that has no value in `variables` stays bare. Values are escaped: nothing in them is replaced again.
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

"""Variants of a document to boot: the same services, in other circumstances."""

from collections.abc import Mapping

from checks.engine.project.document import Document


def with_variables(document: Document, name: str, variables: Mapping[str, str]) -> Document:
    """Return the document in which a service has these variables, over its own of the same names."""
    environment = document["services"][name].get("environment") or {}
    return _changed(document, name, {"environment": {**environment, **variables}})


def never_restarted(document: Document, name: str) -> Document:
    """Return the document in which the engine leaves a service alone once it has ended, however it ended."""
    deploy = document["services"][name].get("deploy") or {}
    kept = {key: value for key, value in deploy.items() if key != "restart_policy"}
    return _changed(document, name, {"deploy": kept, "restart": "no"})


def _changed(document: Document, name: str, changes: Document) -> Document:
    services = document["services"]
    return {**document, "services": {**services, name: {**services[name], **changes}}}

"""Variants of a document change one service, and leave the given document as it is."""

from typing import Any

import pytest

from checks.engine.project.variants import never_restarted, with_variables

OTHER = {"image": "b", "restart": "always"}


def document(service: dict[str, Any]) -> dict[str, Any]:
    return {"name": "p", "services": {"a": service, "b": OTHER}}


@pytest.mark.parametrize(
    ("service", "environment"),
    [
        ({}, {"N": "1"}),
        ({"environment": None}, {"N": "1"}),
        ({"environment": {"N": "9", "M": None}}, {"N": "1", "M": None}),
    ],
)
def test_variables_of_the_grader_come_last(service: dict[str, Any], environment: dict[str, Any]) -> None:
    given = document(service)
    found = with_variables(given, "a", {"N": "1"})
    assert found["services"] == {"a": {**service, "environment": environment}, "b": OTHER}
    assert given == document(service)


@pytest.mark.parametrize(
    ("service", "deploy"),
    [
        ({"restart": "always"}, {}),
        ({"deploy": {"restart_policy": {"condition": "any"}, "replicas": 1}}, {"replicas": 1}),
    ],
)
def test_a_service_that_is_never_started_again(service: dict[str, Any], deploy: dict[str, Any]) -> None:
    found = never_restarted(document(service), "a")
    assert found["services"] == {"a": {**service, "restart": "no", "deploy": deploy}, "b": OTHER}

"""What a Compose file has in place of what is missing is named: a slip, a variable that is not set, a switch."""

from typing import TYPE_CHECKING, Any, cast

import pytest

from checks.expect import CheckFailed, composition, health, monitoring
from checks.expect.composition import Place
from checks.parsing.compose import parse_compose

if TYPE_CHECKING:
    from checks.engine.container import Running


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("service: {api: {build: .}}", "`service` is not `services`"),
        ("servces: {api: {build: .}}", "`servces` is not `services`"),
        ("services: {ap: {build: .}}", "the services of this file: `ap`"),
        ("services: {}", "this file has no service"),
    ],
)
def test_a_service(text: str, said: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        composition.service(parse_compose(text.encode(), "c"), "api")
    assert said in failed.value.actual


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("biuld: .", "`biuld` is not `build`"),
        ("builds: .", "`builds` is not `build`"),
        ("image: x", "`image: x`"),
        ("command: x", "there is none"),
    ],
)
def test_a_build(entry: str, said: str) -> None:
    api = parse_compose(f"services: {{api: {{{entry}}}}}".encode(), "c").services["api"]
    with pytest.raises(CheckFailed) as failed:
        composition.is_built_here(api, "Dockerfile")
    assert said in failed.value.actual


@pytest.mark.parametrize("slip", ["biuld", "imgae", "builds"])
def test_a_slip_is_told_once(slip: str) -> None:
    (problem,) = parse_compose(f"services: {{api: {{{slip}: x}}}}".encode(), "c").problems
    assert f"Compose knows no key `{slip}` in `services.api`; did you mean" in problem.message


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("prom/promethues", "`prom/promethues`"),
        ("${PROM}", "`PROM` is not set"),
        ("prom/prometheus-x:v1", "`prom/prometheus-x:v1`"),
    ],
)
def test_an_image(image: str, said: str) -> None:
    text = f"services: {{p: {{image: '{image}'}}}}"
    with pytest.raises(CheckFailed) as failed:
        monitoring.runs(parse_compose(text.encode(), "c"), "prom/prometheus")
    assert said in failed.value.actual


class Inspected:
    """A container of which only its configuration is known."""

    def __init__(self, check: dict[str, Any] | None) -> None:
        self.check = check

    def inspect(self) -> dict[str, Any]:
        return {"Config": {"Healthcheck": self.check}}


@pytest.mark.parametrize(
    ("check", "said"), [({"Test": ["NONE"]}, "switched off"), (None, "there is none"), ({}, "there is none")]
)
def test_a_health_check(check: dict[str, Any] | None, said: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        health.is_healthy(cast("Running", Inspected(check)), (), 0, Place("c", 1))
    assert said in failed.value.actual

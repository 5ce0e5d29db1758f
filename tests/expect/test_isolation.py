"""Who reaches whom, from the facts that the engine has of containers."""

from typing import Any

import pytest

from checks.expect.composition import Place
from checks.expect.isolation import one_way_in, out_of_reach
from checks.outcomes import CheckFailed

PLACE = Place("lab/compose.yaml", 3)


def facts(*networks: str, ports: tuple[str, ...] = ()) -> dict[str, Any]:
    bindings = {port: [{"HostIp": "127.0.0.1", "HostPort": "1"}] for port in ports}
    return {
        "NetworkSettings": {"Networks": {key: {} for key in networks}},
        "HostConfig": {"PortBindings": bindings},
    }


def test_one_published_port_is_the_way_in() -> None:
    one_way_in(facts("public", ports=("8080/tcp",)), PLACE)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (facts("none"), "it has none"),
        (facts("public"), "published are: none"),
        (facts("public", ports=("8080/tcp", "9000/tcp")), "8080/tcp, 9000/tcp"),
    ],
)
def test_no_way_in_or_two(found: dict[str, Any], words: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        one_way_in(found, PLACE)
    assert words in failed.value.actual


@pytest.mark.parametrize("found", [facts("none"), facts("apart"), facts()])
def test_a_service_that_nobody_reaches(found: dict[str, Any]) -> None:
    out_of_reach("train", found, {"serve": facts("public"), "job": facts("none")}, PLACE)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (facts("public"), "it shares `public` with `serve`"),
        (facts("apart", "public"), "it shares `public` with `serve`"),
        (facts("apart", ports=("5678/tcp",)), "it publishes 5678/tcp"),
    ],
)
def test_a_service_that_somebody_reaches(found: dict[str, Any], words: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        out_of_reach("train", found, {"job": facts("other"), "serve": facts("public")}, PLACE)
    assert words in failed.value.actual

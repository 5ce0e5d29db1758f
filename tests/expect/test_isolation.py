"""Who reaches whom, from the facts that the engine has of containers."""

from typing import Any

import pytest

from checks.expect.composition import Place
from checks.expect.isolation import one_way_in, out_of_reach, shares_nothing
from checks.outcomes import CheckFailed

PLACE = Place("lab/compose.yaml", 3)


def facts(*networks: str, ports: tuple[str, ...] = ()) -> dict[str, Any]:
    bindings = {port: [{"HostIp": "127.0.0.1", "HostPort": "1"}] * ports.count(port) for port in ports}
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
        (facts("public", ports=("8080/tcp", "8080/tcp")), "8080/tcp, 8080/tcp"),
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


@pytest.mark.parametrize(
    ("own", "theirs"),
    [
        ({"network_mode": "none"}, {"networks": {"default": None}}),
        ({"networks": {"apart": None}}, {"networks": {"default": None, "public": None}}),
        ({"networks": {"apart": None}}, {"network_mode": "none"}),
    ],
)
def test_a_service_beside_others(own: dict[str, Any], theirs: dict[str, Any]) -> None:
    shares_nothing("train", {"train": own, "spy": theirs}, PLACE)


@pytest.mark.parametrize(
    ("own", "theirs"),
    [
        ({"networks": {"default": None}}, {"networks": {"default": None}}),
        ({"networks": {"apart": None, "b": None}}, {"networks": {"b": {"aliases": ["x"]}}}),
        ({"network_mode": "none"}, {"network_mode": "service:train"}),
    ],
)
def test_a_service_that_another_one_joins(own: dict[str, Any], theirs: dict[str, Any]) -> None:
    with pytest.raises(CheckFailed) as failed:
        shares_nothing("train", {"train": own, "spy": theirs}, PLACE)
    assert "`spy` is on a network with it" in failed.value.actual

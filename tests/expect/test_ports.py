"""Which ports of a service are published, and the words for those that are not."""

import pytest

from checks.expect import ports
from checks.outcomes import CheckFailed
from checks.parsing.compose import Service, parse_compose


def api(entries: str) -> Service:
    return parse_compose(f"services: {{api: {{{entries}}}}}".encode(), "c").services["api"]


@pytest.mark.parametrize(
    "entries",
    [
        "ports: ['8000:8000']",
        "ports: ['127.0.0.1:8000:8000/tcp']",
        "ports: [{target: 8000, published: 8000}]",
        "ports: ['7999-8001:7999-8001']",
        "ports: ['8000:8000'], scale: 1",
        "ports: ['8000-8000:8000']",
        "ports: ['8000:8000/udp', '8000:8000/TCP']",
        "ports: ['9000:8000', '[::1]:8000:8000']",
        "ports: ['8000:8000'], deploy: {replicas: 1}",
    ],
)
def test_a_port_that_is_published(entries: str) -> None:
    ports.publishes(api(entries), 8000)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ("expose: [8000]", "nothing is published"),
        ("ports: ['8080:8000']", "`8080:8000`: port 8000 of the container on port 8080 of the host"),
        ("ports: ['8000']", "on any port of the host, whichever is free"),
        ("ports: ['8000-8010:8000']", "on one of the ports 8000-8010 of the host, whichever is free"),
        ("ports: ['7990-8000:8000']", "whichever is free"),
        ("ports: ['${P}:8000']", "`P` is not set"),
        ("ports: ['8000:${P}']", "`P` is not set"),
        ("ports: ['${P}']", "`P` is not set"),
        ("ports: [{target: 8000, published: '${P}'}]", "`P` is not set"),
        ("ports: ['8000:8000/udp']", "UDP"),
        ("ports: '8000:8000'", "`ports` is text"),
        ("ports: {8000: 8000}", "`ports` is a mapping"),
        ("ports: []", "is empty"),
        ("port: ['8000:8000']", "`port` is not `ports`"),
        ("ports: [{target: 8000, published: '8000-8001'}]", "whichever is free"),
        ("ports: ['8000:8000'], deploy: {replicas: 2}", "there are to be 2"),
        ("ports: ['8000:8000'], scale: 3", "there are to be 3"),
        ("ports: ['8000:8000'], deploy: {replicas: '2'}", "there are to be 2"),
        ("ports: ['8000:8000'], deploy: {replicas: 0}", "there are to be 0"),
        ("ports: ['8000:8000'], scale: 0", "nobody has the port"),
        ("ports: ['8000-8001:8000'], deploy: {replicas: 2}", "whichever is free"),
        ("ports: ['8000-8001:7999-8000']", "`8000-8001:7999-8000`"),
    ],
)
def test_a_port_that_is_not(entries: str, words: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        ports.publishes(api(entries), 8000)
    assert words in failed.value.actual


@pytest.mark.parametrize(
    ("entries", "port"),
    [
        ("ports: ['80:8080']", 8080),
        ("ports: ['80:80']", 80),
        ("ports: ['127.0.0.1:80:5000/tcp']", 5000),
        ("ports: ['79-81:8079-8081']", 8080),
        ("ports: [{target: 8080, published: '80'}]", 8080),
        ("ports: ['8081:8080', '80:9000']", 9000),
    ],
)
def test_the_port_inside_of_a_port_of_the_host(entries: str, port: int) -> None:
    assert ports.inside(api(entries), 80) == port


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ("expose: [8080]", "nothing is published"),
        ("ports: ['8080:80']", "port 80 of the container on port 8080 of the host"),
        ("ports: ['80:8080/udp']", "UDP"),
        ("ports: ['8080']", "whichever is free"),
        ("ports: ['80-81:8080']", "whichever is free"),
        ("ports: ['80:8080'], scale: 2", "there are to be 2"),
    ],
)
def test_a_port_of_the_host_that_nothing_is_behind(entries: str, words: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        ports.inside(api(entries), 80)
    assert words in failed.value.actual

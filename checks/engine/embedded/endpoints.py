"""Where this machine gets names and packages from: its resolvers, proxies and mirrors, as its tools are set up.

Builds may reach nothing of the machine itself. But one of these may be a program on it: a resolver, a cache of
packages, a proxy. Each is an address with a port, and only that is open to a build.
"""

import os
import socket
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from checks.engine.commands import attempt
from checks.engine.embedded.suites import suites
from checks.engine.errors import EngineError, NoEngine

RESOLVERS: Final = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))
PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy")
INDEXES: Final = ("proxy", "index-url", "extra-index-url")
PORTS: Final = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
NAME_SERVICE: Final = 53
LOOKUP_LIMIT_S: Final = 5.0


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """One port at one address."""

    address: IPv4Address
    protocol: Literal["tcp", "udp"]
    port: int


def endpoints() -> frozenset[Endpoint]:
    """All of them; a name that is not found within five seconds has none."""
    places = set(filter(None, map(_place, _urls())))
    pool = ThreadPoolExecutor(max(1, len(places)))
    lookups = [pool.submit(_addresses, *place) for place in places]
    done, _ = wait(lookups, LOOKUP_LIMIT_S)
    pool.shutdown(wait=False, cancel_futures=True)
    return frozenset([*_name_service(), *(found for lookup in done for found in lookup.result())])


def _name_service() -> Iterator[Endpoint]:
    lines = [
        line
        for file in RESOLVERS
        if file.is_file()
        for line in file.read_text("utf-8", "replace").split("\n")
    ]
    for words in map(str.split, lines):
        if words[:1] == ["nameserver"]:
            with suppress(ValueError):  # one of IPv6: builds have none
                address = IPv4Address("".join(words[1:2]))
                yield Endpoint(address, "udp", NAME_SERVICE)
                yield Endpoint(address, "tcp", NAME_SERVICE)


def _urls() -> Iterator[str]:
    """As they are set: in the environment, for apt and for pip."""
    from checks.engine.standins.surroundings import pip_settings

    yield from (value for name, value in os.environ.items() if name.lower() in PROXIES)
    with suppress(EngineError, NoEngine):  # a machine without apt, or without sources
        yield from (word.strip('";') for word in attempt(("apt-config", "dump", "Acquire")).stdout.split())
        yield from (word for line in suites().lines for word in line.split())
    with suppress(EngineError):
        settings = pip_settings()
        yield from (word for name in INDEXES for word in settings.get(name, "").split())


def _place(url: str) -> tuple[str, int] | None:
    """Host and port of a URL; None for any other word."""
    with suppress(ValueError):
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
        return (parts.hostname, port) if parts.hostname and port else None
    return None


def _addresses(host: str, port: int) -> Iterable[Endpoint]:
    try:
        found = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)
    except OSError:
        return ()
    return [Endpoint(IPv4Address(entry[4][0]), "tcp", port) for entry in found]

"""Addresses: a free range for this engine's networks, and the services of this machine that builds may reach.

On the machine itself, builds may reach only the resolvers, proxies and package mirrors that apt, pip and the
environment name, each at one address and one port.
"""

import ipaddress
import json
import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from checks.engine.commands import attempt, run
from checks.engine.embedded.layout import RUNTIME, Layout, only_one
from checks.engine.embedded.suites import suites
from checks.engine.errors import EngineError, NoEngine

Network = ipaddress.IPv4Network
# Private (RFC 1918), and above the ranges that routers and clusters usually have.
CANDIDATES: Final = [Network(f"10.{second}.0.0/16") for second in range(200, 250)]
RESOLVER: Final = Path("/etc/resolv.conf")
DEVICES: Final = Path("/sys/class/net")
USUAL_MTU: Final = 1500


def claim_pool(layout: Layout, environment: Mapping[str, str]) -> Network:
    """Choose a range of 65536 addresses and claim it for this engine."""
    with only_one(RUNTIME / "pools.lock"):
        taken = [*_routes(environment), *_claims(layout), *_resolvers()]
        for pool in CANDIDATES:
            if not any(pool.overlaps(other) for other in taken):
                layout.pool.write_text(str(pool))
                return pool
    raise EngineError(("claim", "a range"), 1, "10.200.0.0 to 10.249.255.255 are all in use on this machine")


def bridges_of_networks(layout: Layout, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the bridges that dockerd has created in the range that this engine has claimed."""
    if not layout.pool.exists():
        return
    pool = Network(layout.pool.read_text())
    for device in _ip(environment, "address", "show", "type", "bridge"):
        addresses = [ipaddress.IPv4Address(each["local"]) for each in device.get("addr_info", ())]
        if str(device.get("ifname")).startswith("br-") and any(address in pool for address in addresses):
            yield str(device["ifname"])


def uplink_mtu(environment: Mapping[str, str]) -> int:
    """Return the MTU of the uplink; a bridge with a larger MTU breaks large downloads."""
    devices = [route["dev"] for route in _ip(environment, "route", "show", "default") if "dev" in route]
    return min([int((DEVICES / device / "mtu").read_text()) for device in devices], default=USUAL_MTU)


def _routes(environment: Mapping[str, str]) -> Iterator[Network]:
    for route in _ip(environment, "route", "show", "table", "all"):
        with suppress(ValueError):  # "default", and routes of IPv6
            yield Network(route.get("dst", ""), strict=False)


def _claims(layout: Layout) -> Iterator[Network]:
    """Yield the ranges that other running engines have claimed."""
    for claim in RUNTIME.glob("*/pool"):
        if claim != layout.pool:
            with suppress(ValueError, OSError):
                yield Network(claim.read_text())


def _resolvers() -> Iterator[Network]:
    lines = RESOLVER.read_text("utf-8", "replace").splitlines() if RESOLVER.exists() else []
    for words in map(str.split, lines):
        if words[:1] == ["nameserver"]:
            with suppress(ValueError):
                yield Network("".join(words[1:2]))


def _ip(environment: Mapping[str, str], *words: str) -> list[Mapping[str, Any]]:
    answer = run(("ip", "-j", "-4", *words), environment=environment).stdout.strip()
    return list(json.loads(answer)) if answer else []


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
    """Return every endpoint that builds may reach; skip names that do not resolve within five seconds."""
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
            with suppress(ValueError):  # an IPv6 address: builds have no IPv6
                address = IPv4Address("".join(words[1:2]))
                yield Endpoint(address, "udp", NAME_SERVICE)
                yield Endpoint(address, "tcp", NAME_SERVICE)


def _urls() -> Iterator[str]:
    """Yield the proxies, mirrors and indexes that the environment, apt and pip name, and other words."""
    from checks.engine.standins.surroundings import pip_settings

    yield from (value for name, value in os.environ.items() if name.lower() in PROXIES)
    with suppress(EngineError, NoEngine):  # a machine without apt, or without sources
        yield from (word.strip('";') for word in attempt(("apt-config", "dump", "Acquire")).stdout.split())
        yield from (word for line in suites().lines for word in line.split())
    with suppress(EngineError):
        settings = pip_settings()
        yield from (word for name in INDEXES for word in settings.get(name, "").split())


def _place(url: str) -> tuple[str, int] | None:
    """Return the host and port of a URL; None for any other word."""
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

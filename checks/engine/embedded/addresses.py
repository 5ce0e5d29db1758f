"""A range of addresses that nothing else on the machine uses, and the size of a packet on its uplink."""

import ipaddress
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from checks.engine.commands import run
from checks.engine.embedded.layout import RUNTIME, Layout, only_one
from checks.engine.errors import EngineError

Network = ipaddress.IPv4Network
# Private (RFC 1918), and above the ranges that routers and clusters are usually given.
CANDIDATES: Final = [Network(f"10.{second}.0.0/16") for second in range(200, 250)]
RESOLVER: Final = Path("/etc/resolv.conf")
DEVICES: Final = Path("/sys/class/net")
USUAL_MTU: Final = 1500


def claim_pool(layout: Layout, environment: Mapping[str, str]) -> Network:
    """Choose a range of 65536 addresses and claim it for this engine until `release_pool`."""
    with only_one(RUNTIME / "pools.lock"):
        taken = [*_routes(environment), *_claims(layout), *_resolvers()]
        for pool in CANDIDATES:
            if not any(pool.overlaps(other) for other in taken):
                layout.pool.write_text(str(pool))
                return pool
    raise EngineError(("claim", "a range"), 1, "10.200.0.0 to 10.249.255.255 are all in use on this machine")


def bridges_of_networks(layout: Layout, environment: Mapping[str, str]) -> Iterator[str]:
    """The devices of the networks that dockerd has made in the range which this engine has claimed."""
    if not layout.pool.exists():
        return
    pool = Network(layout.pool.read_text())
    for device in _ip(environment, "address", "show", "type", "bridge"):
        addresses = [ipaddress.IPv4Address(each["local"]) for each in device.get("addr_info", ())]
        if str(device.get("ifname")).startswith("br-") and any(address in pool for address in addresses):
            yield str(device["ifname"])


def uplink_mtu(environment: Mapping[str, str]) -> int:
    """Bytes a packet of the uplink holds: a bridge that allows more loses large downloads."""
    devices = [route["dev"] for route in _ip(environment, "route", "show", "default") if "dev" in route]
    return min([int((DEVICES / device / "mtu").read_text()) for device in devices], default=USUAL_MTU)


def _routes(environment: Mapping[str, str]) -> Iterator[Network]:
    for route in _ip(environment, "route", "show", "table", "all"):
        with suppress(ValueError):  # "default", and routes of IPv6
            yield Network(route.get("dst", ""), strict=False)


def _claims(layout: Layout) -> Iterator[Network]:
    """Of other engines; one that is stopped has none."""
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

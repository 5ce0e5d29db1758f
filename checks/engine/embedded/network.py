"""The engine's bridge and its iptables rules, under names of its own.

We keep dockerd from using iptables: at every start it empties the chains named DOCKER, which other engines on the
machine use too.
"""

import ipaddress
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from checks.engine.commands import attempt, run
from checks.engine.embedded.addresses import DEVICES, Endpoint, bridges_of_networks
from checks.engine.embedded.iptables import Iptables
from checks.engine.embedded.layout import Layout

LINK_LOCAL: Final = "169.254.0.0/16"  # the metadata service of clouds, with credentials
# The names of the bridges of Docker, Podman, libvirt, LXC, Kubernetes and our own.
BRIDGES: Final = ("gdl+", "br-+", "docker+", "podman+", "virbr+", "lxcbr+", "lxdbr+", "cni+")
IPV6: Final = Path("/proc/sys/net/ipv6/conf")


def connect(layout: Layout, pool: ipaddress.IPv4Network, mtu: int, environment: Mapping[str, str]) -> str:
    """Create the bridge and the rules anew; return the bridge's address with its prefix length."""
    disconnect(layout, environment)
    *_, bridge_subnet = pool.subnets(new_prefix=24)
    address = f"{bridge_subnet[1]}/{bridge_subnet.prefixlen}"
    _ip(environment, "link", "add", layout.bridge, "address", _hardware(bridge_subnet[1]), "type", "bridge")
    _ip(environment, "address", "add", address, "dev", layout.bridge)
    _ip(environment, "link", "set", layout.bridge, "mtu", str(mtu), "up")
    _isolate(layout, environment)
    _add_rules(layout, pool, bridge_subnet)
    return address


def let_builds_reach(layout: Layout, endpoints: Iterable[Endpoint]) -> None:
    """Let builds reach these endpoints, even on this machine or its local network."""
    iptables = Iptables(layout.tools)
    for place in sorted(endpoints):
        iptables.rule("filter", "-I", _builds(layout), *_to(layout, place))


def keep_builds_from(layout: Layout, endpoints: Iterable[Endpoint]) -> None:
    """Take that back."""
    iptables = Iptables(layout.tools)
    for place in endpoints:
        iptables.attempt("filter", "-D", _builds(layout), *_to(layout, place))


def _to(layout: Layout, place: Endpoint) -> tuple[str, ...]:
    """Return the words of the rule that accepts packets of builds to an endpoint."""
    to = ("-d", str(place.address), "-p", place.protocol, "--dport", str(place.port))
    return ("-i", layout.bridge, *to, "-j", "ACCEPT")


def disconnect(layout: Layout, environment: Mapping[str, str]) -> None:
    """Remove this engine's bridges and rules, and dockerd's record of its networks.

    Otherwise dockerd restores the networks at its start, with addresses that may belong to another engine by then.
    """
    iptables = Iptables(layout.tools)
    for table, hook, chain in _hooks(layout):
        for words in (("-D", hook, "-j", chain), ("-F", chain)):
            iptables.attempt(table, *words)
    iptables.attempt("filter", "-F", _builds(layout))
    for table, chain in (
        *((table, chain) for table, _, chain in _hooks(layout)),
        ("filter", _builds(layout)),
    ):
        iptables.attempt(table, "-X", chain)
    for bridge in (layout.bridge, *bridges_of_networks(layout, environment)):
        if (DEVICES / bridge).exists():
            _ip(environment, "link", "delete", bridge)
    if (remembered := layout.data / "network").exists():
        shutil.rmtree(remembered)


def _hooks(layout: Layout) -> tuple[tuple[str, str, str], ...]:
    """Return tables, the built-in chains in them, and our own chains to which these jump."""
    chain = layout.chain
    return (("nat", "POSTROUTING", chain), ("filter", "FORWARD", chain), ("filter", "INPUT", f"{chain}-IN"))


def _builds(layout: Layout) -> str:
    """Return the chain with the endpoints, on this machine or near it, that a build may reach."""
    return f"{layout.chain}-B"


def _isolate(layout: Layout, environment: Mapping[str, str]) -> None:
    """Disable IPv6 on the bridge, since we have no rules for it, and filter the packets between its ports.

    If the kernel cannot filter those, two concurrent builds could reach each other.
    """
    with suppress(OSError):  # a kernel without IPv6
        (IPV6 / layout.bridge / "disable_ipv6").write_text("1")
    attempt(
        ("ip", "link", "set", layout.bridge, "type", "bridge", "nf_call_iptables", "1"),
        environment=environment,
    )


def _add_rules(layout: Layout, pool: ipaddress.IPv4Network, bridge: ipaddress.IPv4Network) -> None:
    """Let builds, on the bridge, reach the outside by NAT; isolate graded containers, on other networks.

    A container reaches no other network, neither the outside nor the host. It only answers connections to a
    published port.
    """
    iptables = Iptables(layout.tools)
    inside, builds, graded, chain = str(pool), str(bridge), str(next(pool.subnets())), layout.chain
    same_bridge = ("-m", "physdev", "--physdev-is-bridged")
    known = ("-m", "conntrack", "--ctstate", "ESTABLISHED,RELATED")
    iptables.rule("filter", "-N", _builds(layout))
    for table, hook, name in _hooks(layout):
        iptables.rule(table, "-N", name)
        iptables.rule(table, "-I", hook, "-j", name)
    iptables.rule("nat", "-A", chain, "-s", builds, "!", "-d", inside, "-j", "MASQUERADE")
    _confine_builds(layout, iptables, pool, bridge)
    # If the kernel filters bridged packets here, those within one network must pass.
    if iptables.attempt("filter", "-A", chain, "-s", inside, *same_bridge, "-j", "ACCEPT"):
        iptables.rule("filter", "-A", chain, "-s", inside, "-d", inside, "-j", "DROP")
    iptables.rule("filter", "-A", chain, "-s", graded, "!", "-d", graded, "-j", "DROP")
    iptables.rule("filter", "-A", chain, "-s", inside, "-j", "ACCEPT")
    iptables.rule("filter", "-A", chain, "-d", inside, "-j", "ACCEPT")
    iptables.rule("filter", "-A", f"{chain}-IN", "-s", graded, *known, "-j", "RETURN")
    iptables.rule("filter", "-A", f"{chain}-IN", "-s", graded, "-j", "DROP")


def _confine_builds(
    layout: Layout, iptables: Iptables, pool: ipaddress.IPv4Network, bridge: ipaddress.IPv4Network
) -> None:
    """Let builds reach the outside, but not the host, other builds or containers.

    The rules match the device that a packet came from, since a build can forge the packet's addresses.
    """
    builds, chain, known = (
        ("-i", layout.bridge),
        layout.chain,
        ("-m", "conntrack", "--ctstate", "ESTABLISHED,RELATED"),
    )
    for hook in (chain, f"{chain}-IN"):
        iptables.rule("filter", "-A", hook, *builds, "!", "-s", str(bridge), "-j", "DROP")
        iptables.rule("filter", "-A", hook, *builds, "-j", _builds(layout))
        iptables.rule("filter", "-A", hook, *builds, *known, "-j", "ACCEPT")
    iptables.rule("filter", "-A", f"{chain}-IN", *builds, "-j", "DROP")
    for refused in (("-d", LINK_LOCAL), ("-d", str(pool)), *(("-o", name) for name in BRIDGES)):
        iptables.rule("filter", "-A", chain, *builds, *refused, "-j", "DROP")
    iptables.rule("filter", "-A", chain, "-o", layout.bridge, *known, "-j", "ACCEPT")
    iptables.rule("filter", "-A", chain, "-o", layout.bridge, "-j", "DROP")


def _hardware(address: ipaddress.IPv4Address) -> str:
    """Return a hardware address for a bridge with that IP address.

    By default a bridge takes the lowest address of its ports, which changes as containers come and go. The others
    would lose their gateway, and so the network, for up to a minute.
    """
    return "02:42:" + address.packed.hex(":")


def _ip(environment: Mapping[str, str], *words: str) -> None:
    run(("ip", *words), environment=environment)

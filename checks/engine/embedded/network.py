"""The engine's bridge and its rules of iptables: of its own names, so that nobody else's are touched.

dockerd itself is kept from iptables: at every start it empties the chains named DOCKER, which are those of
any other engine on the machine too.
"""

import ipaddress
from collections.abc import Mapping
from typing import Final

from checks.engine.commands import attempt, run
from checks.engine.embedded.addresses import DEVICES
from checks.engine.embedded.layout import Layout
from checks.engine.errors import EngineError

# The backend that the host uses comes first; a kernel may know only one of the two.
BACKENDS: Final = ("iptables", "iptables-nft", "iptables-legacy")
WAIT_S: Final = "10"


def connect(layout: Layout, pool: ipaddress.IPv4Network, mtu: int, environment: Mapping[str, str]) -> str:
    """Make the bridge and the rules anew; returns the bridge's address with its prefix length."""
    disconnect(layout, environment)
    *_, bridge_subnet = pool.subnets(new_prefix=24)
    address = f"{bridge_subnet[1]}/{bridge_subnet.prefixlen}"
    _ip(environment, "link", "add", layout.bridge, "type", "bridge")
    _ip(environment, "address", "add", address, "dev", layout.bridge)
    _ip(environment, "link", "set", layout.bridge, "mtu", str(mtu), "up")
    _add_rules(layout, pool, bridge_subnet, environment)
    return address


def disconnect(layout: Layout, environment: Mapping[str, str]) -> None:
    """Remove this engine's bridge and rules, as far as they are there."""
    backend = _working_backend(environment)
    for table, hook, chain in _hooks(layout) if backend else ():
        for words in (("-D", hook, "-j", chain), ("-F", chain), ("-X", chain)):
            _try_rule(backend, table, words, environment)
    if (DEVICES / layout.bridge).exists():
        _ip(environment, "link", "delete", layout.bridge)


def _hooks(layout: Layout) -> tuple[tuple[str, str, str], ...]:
    """Tables, the chains of the kernel in them, and the chains of our own that these jump to."""
    chain = layout.chain
    return (("nat", "POSTROUTING", chain), ("filter", "FORWARD", chain), ("filter", "INPUT", f"{chain}-IN"))


def _add_rules(
    layout: Layout,
    pool: ipaddress.IPv4Network,
    bridge: ipaddress.IPv4Network,
    environment: Mapping[str, str],
) -> None:
    """Builds, on the bridge, get out as the host itself; graded containers, on other networks, do not.

    From those there is no way to another network, to the outside or to the host, but answers to whoever
    came to a published port.
    """
    backend = _working_backend(environment)
    if not backend:
        raise EngineError(BACKENDS, 1, "there is no iptables that works: the kernel's nat table is missing")
    inside, builds, graded, chain = str(pool), str(bridge), str(next(pool.subnets())), layout.chain
    same_bridge = ("-m", "physdev", "--physdev-is-bridged")
    known = ("-m", "conntrack", "--ctstate", "ESTABLISHED,RELATED")
    for table, hook, name in _hooks(layout):
        _rule(backend, table, ("-N", name), environment)
        _rule(backend, table, ("-I", hook, "-j", name), environment)
    _rule(backend, "nat", ("-A", chain, "-s", builds, "!", "-d", inside, "-j", "MASQUERADE"), environment)
    # Where the kernel passes bridged packets through here, those of one network must get through.
    if _try_rule(backend, "filter", ("-A", chain, "-s", inside, *same_bridge, "-j", "ACCEPT"), environment):
        _rule(backend, "filter", ("-A", chain, "-s", inside, "-d", inside, "-j", "DROP"), environment)
    _rule(backend, "filter", ("-A", chain, "-s", graded, "!", "-d", graded, "-j", "DROP"), environment)
    _rule(backend, "filter", ("-A", chain, "-s", inside, "-j", "ACCEPT"), environment)
    _rule(backend, "filter", ("-A", chain, "-d", inside, "-j", "ACCEPT"), environment)
    _rule(backend, "filter", ("-A", f"{chain}-IN", "-s", graded, *known, "-j", "RETURN"), environment)
    _rule(backend, "filter", ("-A", f"{chain}-IN", "-s", graded, "-j", "DROP"), environment)


def _working_backend(environment: Mapping[str, str]) -> str:
    """The first backend that this kernel knows; a question to any other would make empty tables there."""
    return next((name for name in BACKENDS if _try_rule(name, "nat", ("-S", "POSTROUTING"), environment)), "")


def _rule(backend: str, table: str, words: tuple[str, ...], environment: Mapping[str, str]) -> None:
    run((backend, "-w", WAIT_S, "-t", table, *words), environment=environment)


def _try_rule(backend: str, table: str, words: tuple[str, ...], environment: Mapping[str, str]) -> bool:
    command = (backend, "-w", WAIT_S, "-t", table, *words)
    try:
        return attempt(command, environment=environment).returncode == 0
    except EngineError:  # this machine has no such program
        return False


def _ip(environment: Mapping[str, str], *words: str) -> None:
    run(("ip", *words), environment=environment)

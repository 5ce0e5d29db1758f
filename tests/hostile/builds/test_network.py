"""A build on the embedded engine reaches the Internet, but nothing of the grading machine."""

import json
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pytest

from checks.engine import Engine, embedded
from checks.engine.build import build
from checks.engine.embedded.layout import layout
from checks.engine.events import BuildFailed
from checks.engine.reaper import remove
from checks.engine.run import Run, running
from checks.engine.standins import ensure_base

ANYWHERE: Final = "0.0.0.0"
ROUTED: Final = "169.254.77.2"  # behind another device: what a cloud's metadata service is
ASK = """RUN python3 - <<'EOF'
import concurrent.futures, socket, sys
def ask(place):
    try:
        socket.create_connection(place, timeout=3).close()
    except OSError as error:
        return f"refused {{place[0]}} {{place[1]}} {{error}}"
    return f"reached {{place[0]}} {{place[1]}}"
with concurrent.futures.ThreadPoolExecutor(64) as pool:
    for said in pool.map(ask, {places!r}):
        print(said)
sys.exit(7)
EOF
"""
# What has another source address than its own: as the machine itself, or one of the other networks.
FORGE = """RUN python3 - <<'EOF'
import socket, struct, sys
def packet(source, target, port):
    data = b"forged"
    udp = struct.pack("!HHHH", 4000, port, 8 + len(data), 0) + data
    head = struct.pack("!BBHHHBBH4s4s", 69, 0, 20 + len(udp), 1, 0, 64, 17, 0, source, target)
    return head + udp
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
probe.connect(({target!r}, 1))
for source in [probe.getsockname()[0], *{sources!r}]:
    raw.sendto(packet(socket.inet_aton(source), socket.inet_aton({target!r}), {port}), ({target!r}, 0))
print("sent")
sys.exit(7)
EOF
"""


@pytest.fixture(scope="session")
def own_engine(engine: Engine) -> Engine:
    """The embedded engine; on a host's, its builds are the host's own matter."""
    if engine.kind != "embedded":
        pytest.skip("the network of a host's engine is not the grader's to rule")
    return engine


@pytest.fixture
def says(own_engine: Engine, tmp_path: Path) -> Callable[..., str]:
    """What the last step says of a build with this step in it; every such step fails."""
    base = ensure_base(own_engine, "python:3.12-slim").name

    def call(step: str, engine: Engine = own_engine) -> str:
        (tmp_path / "Dockerfile").write_text(f"FROM {base}\nRUN : {secrets.token_hex(8)}\n{step}")
        with running(Run()) as run:
            try:
                build(engine, run, tmp_path)
            except BuildFailed as failed:
                return failed.output
            finally:
                remove(engine, run)
        raise AssertionError("the step did not fail")

    return call


def _own_addresses() -> list[str]:
    """Every address of this machine, those of the bridges of all engines among them."""
    shown = subprocess.run(["ip", "-j", "-4", "address"], capture_output=True, check=True).stdout
    return [str(entry["local"]) for device in json.loads(shown) for entry in device["addr_info"]]


def test_no_address_of_the_machine(says: Callable[..., str], listening: Any) -> None:
    with listening(ANYWHERE) as listener:
        places = [(address, listener.port) for address in _own_addresses()]
        assert len(places) >= 3  # loopback, the uplink, the bridge
        said = says(ASK.format(places=places))
    assert _outcomes(said) == ["refused"] * len(places)
    assert listener.heard == []


def test_nothing_that_is_link_local(says: Callable[..., str]) -> None:
    with _routed() as port:
        with socket.create_connection((ROUTED, port), timeout=5):
            pass  # from the machine itself it can be reached
        said = says(ASK.format(places=[(ROUTED, port), ("169.254.169.254", 80)]))
    assert _outcomes(said) == ["refused"] * 2


def test_no_other_build_and_no_container(own_engine: Engine, says: Callable[..., str]) -> None:
    """On the bridge of builds, and on a network of its own."""
    base = ensure_base(own_engine, "python:3.12-slim").name
    networks = own_engine.client.networks
    other = networks.create(f"other-{secrets.token_hex(4)}", driver="bridge")
    server = ["python3", "-m", "http.server", "8000"]
    containers = [
        own_engine.client.containers.run(base, server, detach=True, network=name)
        for name in ("bridge", other.name)
    ]
    try:
        places = [(_address(container), 8000) for container in containers]
        for place in places:
            _await(place)
        said = says(ASK.format(places=places))
    finally:
        for container in containers:
            container.remove(force=True)
        other.remove()
    assert _outcomes(said) == ["refused"] * 2


def test_what_is_forged_arrives_nowhere(own_engine: Engine, says: Callable[..., str]) -> None:
    gateway = own_engine.client.networks.get("bridge").attrs["IPAM"]["Config"][0]["Gateway"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((ANYWHERE, 0))
        server.settimeout(2)
        port = server.getsockname()[1]
        sources = ["127.0.0.1", gateway, *_own_addresses(), "192.168.77.1", "8.8.8.8"]
        assert "sent" in says(FORGE.format(sources=sources, target=gateway, port=port))
        with pytest.raises(TimeoutError):
            server.recv(100)


def test_no_address_of_ipv6(own_engine: Engine, says: Callable[..., str]) -> None:
    assert own_engine.directory
    bridge = layout(own_engine.directory).bridge
    shown = subprocess.run(["ip", "-6", "address", "show", bridge], capture_output=True, check=True).stdout
    assert b"inet6" not in shown
    assert "fe80" not in says("RUN cat /proc/net/if_inet6; false\n")


def test_names_and_packages_come_all_the_same(says: Callable[..., str]) -> None:
    """The index of packages is found by its name, wherever it is."""
    step = "RUN pip download --no-deps --no-cache-dir --dest /tmp/x packaging && echo it came; false\n"
    assert "it came" in says(step)


def test_a_proxy_on_this_machine_stays_open_and_nothing_beside_it(
    own_engine: Engine,
    says: Callable[..., str],
    listening: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = next(each for each in _own_addresses() if not each.startswith("127."))
    archive, directory = tmp_path / "base.tar", tmp_path / "spare"
    base = ensure_base(own_engine, "python:3.12-slim").name
    own_engine.run_cli("save", "--output", str(archive), base)
    assert own_engine.directory
    shutil.copytree(own_engine.directory / "tools", directory / "tools", symlinks=True)
    with listening(address) as proxy, listening(address) as beside:
        monkeypatch.setenv("http_proxy", f"http://{address}:{proxy.port}")
        try:
            spare = embedded.start(directory)
            spare.run_cli("load", "--input", str(archive))
            said = says(ASK.format(places=[(address, proxy.port), (address, beside.port)]), spare)
        finally:
            embedded.clean(directory)
    assert f"reached {address} {proxy.port}" in said
    assert f"refused {address} {beside.port}" in said
    assert beside.heard == []


def _await(place: tuple[str, int]) -> None:
    """Wait until somebody listens there: this machine itself can tell."""
    for _ in range(100):
        with suppress(OSError), socket.create_connection(place, timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(f"nobody listens at {place}")


def _outcomes(said: str) -> list[str]:
    return [line.split()[0] for line in said.splitlines()]


def _address(container: Any) -> str:
    container.reload()
    (network,) = container.attrs["NetworkSettings"]["Networks"].values()
    return str(network["IPAddress"])


@contextmanager
def _routed() -> Iterator[int]:
    """A service in a network namespace, at a link-local address that this machine routes to; its port."""
    name = f"gdl{secrets.token_hex(4)}"
    inner, outer = f"{name}i", f"{name}o"
    _ip("netns", "add", name)
    try:
        _ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", name)
        _ip("address", "add", "169.254.77.1/30", "dev", outer)
        _ip("link", "set", outer, "up")
        _ip("-n", name, "address", "add", f"{ROUTED}/30", "dev", inner)
        _ip("-n", name, "link", "set", inner, "up")
        _ip("-n", name, "route", "add", "default", "via", "169.254.77.1")
        code = "import socket as s; a = s.create_server(('', 0)); print(a.getsockname()[1], flush=True)\n"
        serve = f"{code}while 1: a.accept()[0].send(b'x')"
        command = ["ip", "netns", "exec", name, sys.executable, "-c", serve]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
            assert server.stdout
            try:
                yield int(server.stdout.readline())
            finally:
                server.kill()
    finally:
        with suppress(subprocess.CalledProcessError):
            _ip("link", "delete", outer)
        _ip("netns", "delete", name)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)

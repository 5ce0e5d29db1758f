"""The embedded engine's lifecycle: two starts at once, kills, several engines, and a stop without traces."""

import functools
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from checks.engine import Engine, embedded
from checks.engine.commands import run
from checks.engine.embedded import daemons, mounts
from checks.engine.embedded.addresses import DEVICES
from checks.engine.embedded.layout import RUNTIME, Layout, environment_of, layout

BASE = "debian:bookworm"
Begin = Callable[[Path], "subprocess.Popen[bytes]"]
Traces = Callable[[Layout], list[str]]


def test_two_starts_at_once_make_one_engine(spare: Layout, begin_start: Begin, traces: Traces) -> None:
    first, second = begin_start(spare.directory), begin_start(spare.directory)
    assert (first.wait(), second.wait()) == (0, 0)
    assert len(daemons.running(spare, ("dockerd",))) == 1
    assert len(daemons.running(spare, ("containerd",))) == 1
    assert embedded.stop(spare.directory)
    assert traces(spare) == []


def test_two_engines_share_nothing(own_engine: Engine, spare: Layout, saved_base: Path) -> None:
    other = embedded.start(spare.directory)
    other.run_cli("load", "--input", str(saved_base))
    other.run_cli("tag", BASE, "only-here")
    assert _images(own_engine, "only-here") == []
    assert _images(other, "only-here") == ["only-here:latest"]
    assert _subnet(own_engine) != _subnet(other)
    assert other.docker_host != own_engine.docker_host


def test_a_container_that_comes_does_not_take_the_network_from_another(own_engine: Engine) -> None:
    """The gateway keeps its hardware address when a port with a lower one joins the bridge."""
    assert own_engine.directory
    own = layout(own_engine.directory)
    address = DEVICES / own.bridge / "address"
    before, port, peer = address.read_text(), f"p{own.identity}", f"q{own.identity}"
    ip = functools.partial(run, environment=environment_of(own.tools))
    ip(("ip", "link", "add", port, "address", "02:00:00:00:00:01", "type", "veth", "peer", peer))
    try:
        ip(("ip", "link", "set", port, "master", own.bridge, "up"))
        assert address.read_text() == before
    finally:
        ip(("ip", "link", "delete", port))


def test_networks_go_with_their_engine_and_do_not_come_back_with_it(spare: Layout) -> None:
    """Their addresses may be somebody else's by then."""
    engine = embedded.start(spare.directory)
    device = DEVICES / f"br-{engine.run_cli('network', 'create', 'shared').stdout[:12]}"
    before = _subnet(engine)
    assert device.exists()
    embedded.stop(spare.directory)
    assert not device.exists()
    somebody = RUNTIME / f"not-{spare.identity}"
    somebody.mkdir()
    try:
        (somebody / "pool").write_text(str(before.supernet(new_prefix=16)))
        again = embedded.start(spare.directory)
        assert not _subnet(again).overlaps(before)
        assert "shared" not in again.run_cli("network", "ls", "--format", "{{.Name}}").stdout.split()
    finally:
        shutil.rmtree(somebody)


def test_containers_find_each_other_by_name(spare: Layout, saved_base: Path) -> None:
    """The engine's resolver needs rules of iptables, and these its extensions, however long their path."""
    engine = embedded.start(spare.directory)
    engine.run_cli("load", "--input", str(saved_base))
    engine.run_cli("network", "create", "shared")
    engine.run_cli("run", "--detach", "--network=shared", "--name=sleeper", BASE, "sleep", "600")
    found = engine.run_cli("run", "--rm", "--network=shared", BASE, "getent", "hosts", "sleeper").stdout
    assert "sleeper" in found
    assert "Resolver Start failed" not in spare.daemon_log.read_text()


def test_a_killed_engine_is_mended_by_the_next_start(spare: Layout, saved_base: Path, traces: Traces) -> None:
    engine = embedded.start(spare.directory)
    engine.run_cli("load", "--input", str(saved_base))
    engine.run_cli("run", "--detach", "--name=sleeper", "--publish=127.0.0.1::80", BASE, "sleep", "600")
    killed = daemons.running(spare, ("dockerd",))
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    again = embedded.start(spare.directory)
    assert daemons.running(spare, ("dockerd",)).isdisjoint(killed)
    assert again.run_cli("ps", "--all", "--format", "{{.Names}}").stdout.split() == ["sleeper"]
    again.run_cli("start", "sleeper")
    assert embedded.stop(spare.directory)
    assert traces(spare) == []


def test_what_it_keeps_has_a_bound_of_its_own(spare: Layout, saved_base: Path, traces: Traces) -> None:
    """Images and containerd's data are in it; it is still there after a stop, and takes no more than is in it."""
    engine = embedded.start(spare.directory)
    if not spare.disk.is_mount():
        pytest.skip("this machine has no loop devices")
    engine.run_cli("load", "--input", str(saved_base))
    assert spare.data.is_dir()
    assert spare.containerd_data.is_dir()
    size = spare.image.stat()
    assert size.st_blocks * 512 < size.st_size / 10
    assert shutil.disk_usage(spare.disk).total <= mounts.DATA_BYTES
    assert spare.boot.read_text() == mounts.BOOT_ID.read_text()
    embedded.stop(spare.directory)
    assert not spare.disk.is_mount()
    assert not spare.boot.exists()
    assert traces(spare) == []
    assert _images(embedded.start(spare.directory), BASE) == [BASE]


def test_one_that_is_broken_is_made_anew(spare: Layout) -> None:
    embedded.start(spare.directory)
    embedded.stop(spare.directory)
    spare.image.write_bytes(b"broken")
    assert embedded.start(spare.directory).version
    assert not mounts.mount_data(spare) or spare.disk.is_mount()


def test_what_a_machine_held_that_went_down_is_made_anew(spare: Layout, saved_base: Path) -> None:
    """Nobody waits for the disk itself, so it may lack what was written last."""
    embedded.start(spare.directory).run_cli("load", "--input", str(saved_base))
    embedded.stop(spare.directory)
    spare.boot.write_text("another boot of this machine\n")
    again = embedded.start(spare.directory)
    assert _images(again, BASE) == ([] if spare.disk.is_mount() else [BASE])


def test_without_loop_devices_a_folder_will_do(spare: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that are not there are all that can be had for such a machine."""
    said: list[str] = []
    monkeypatch.setattr(mounts, "OPTIONS", "loop,no-such-option")
    assert embedded.start(spare.directory, progress=said.append).version
    assert any("no loop devices" in sentence for sentence in said)
    assert not spare.disk.is_mount()
    assert not spare.image.exists()


def test_a_stale_pid_file_harms_nobody(spare: Layout) -> None:
    bystander = subprocess.Popen(["sleep", "600"])
    spare.runtime.mkdir(parents=True)
    (spare.runtime / "dockerd.pid").write_text(str(bystander.pid))
    spare.socket.write_text("no socket")
    assert embedded.start(spare.directory).version
    embedded.stop(spare.directory)
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_a_start_killed_while_it_unpacks_is_mended(
    spare: Layout, own_engine: Engine, begin_start: Begin
) -> None:
    """The half-made directory is made here as a kill leaves it: files, but no stamp and not its name."""
    shutil.rmtree(spare.tools)
    (spare.directory / "tools.new/usr").mkdir(parents=True)
    start = begin_start(spare.directory)
    while start.poll() is None and not any(spare.downloads.glob("*/lists")):
        time.sleep(0.05)
    os.killpg(start.pid, signal.SIGKILL)
    start.wait()
    assert not spare.tools.exists()
    assert embedded.start(spare.directory).version == own_engine.version
    assert not (spare.directory / "tools.new").exists()
    assert not spare.downloads.exists()


def test_clean_leaves_nothing(spare: Layout, traces: Traces) -> None:
    embedded.start(spare.directory)
    assert embedded.clean(spare.directory)
    assert not spare.directory.exists()
    assert not spare.lock.exists()
    assert traces(spare) == []
    assert not embedded.stop(spare.directory)


def _images(engine: Engine, name: str) -> list[str]:
    return engine.run_cli("images", "--format", "{{.Repository}}:{{.Tag}}", name).stdout.split()


def _subnet(engine: Engine) -> IPv4Network:
    bridge = engine.client.networks.get("bridge").attrs
    return IPv4Network(bridge["IPAM"]["Config"][0]["Subnet"])

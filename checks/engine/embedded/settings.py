"""The configuration files of dockerd, containerd and the docker program."""

import json
import os
import shutil
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, Final

from checks.engine.embedded.layout import Layout
from checks.engine.embedded.suites import CONTAINERD as CONTAINERD_STORE

# The build cache stays between gradings, up to this many bytes (dockerd, `builder.gc`), or this share of the
# machine's disk: the solutions of the labs take 6.6 GB, and twice that where a class is graded two at a time.
BUILD_CACHE: Final = 16_000_000_000
SHARE_OF_DISK: Final = 0.2
LOG_SIZE: Final = "10m"
# Compose creates a network for each project: 512 networks of 64 addresses.
NETWORK_PREFIX: Final = 26
OPEN_FILES: Final = 65536
PLUGINS: Final = Path("usr/libexec/docker/cli-plugins")

CONTAINERD: Final = """\
version = 2
root = "{root}"
state = "{state}"
disabled_plugins = [
  "io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime",
  "io.containerd.podsandbox.controller.v1.podsandbox", "io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri",
]
[grpc]
  address = "{address}"
"""


def write_settings(layout: Layout, pool: IPv4Network, mtu: int, store: str) -> None:
    """Write all three files, over those of earlier versions of this project."""
    (layout.directory / "daemon.json").write_text(json.dumps(_daemon(layout, pool, mtu, store), indent=1))
    settings = {"root": layout.containerd_data, "state": layout.runtime / "containerd"}
    text = CONTAINERD.format(address=layout.containerd_socket, **settings)
    (layout.directory / "containerd.toml").write_text(text)
    write_client_settings(layout)


def write_client_settings(layout: Layout) -> None:
    """Write DOCKER_CONFIG: the plugins, and proxies for builds and containers."""
    plugins = layout.client_config / "cli-plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    for name in ("docker-buildx", "docker-compose"):
        link = plugins / name
        link.unlink(missing_ok=True)
        link.symlink_to(layout.tools / PLUGINS / name)
    (layout.client_config / "config.json").write_text(json.dumps(_client()))


def _daemon(layout: Layout, pool: IPv4Network, mtu: int, store: str) -> dict[str, Any]:
    """Return dockerd's configuration; for the keys see docs.docker.com, dockerd reference."""
    lower_half = next(pool.subnets())  # the bridge is in the upper one
    return {
        "hosts": [f"unix://{layout.socket}"],
        "pidfile": str(layout.runtime / "dockerd.pid"),
        "exec-root": str(layout.runtime / "docker"),
        "data-root": str(layout.data),
        "containerd": str(layout.containerd_socket),
        "bridge": layout.bridge,
        "mtu": mtu,
        "default-network-opts": {"bridge": {"com.docker.network.driver.mtu": str(mtu)}},
        "default-address-pools": [{"base": str(lower_half), "size": NETWORK_PREFIX}],
        "iptables": False,
        "ip6tables": False,
        "exec-opts": ["native.cgroupdriver=cgroupfs"],
        "cgroup-parent": f"/{layout.cgroup}",
        "builder": {"gc": {"enabled": True, "defaultKeepStorage": str(_kept(layout.directory))}},
        "features": {"containerd-snapshotter": store == CONTAINERD_STORE},
        "log-driver": "json-file",
        "log-opts": {"max-size": LOG_SIZE, "max-file": "2"},
    }


def _kept(directory: Path) -> int:
    """Return the limit of the build cache in bytes."""
    return min(BUILD_CACHE, int(shutil.disk_usage(directory).total * SHARE_OF_DISK))


def _client() -> dict[str, Any]:
    """Return the proxies for containers, except those on the host's loopback, which containers cannot reach."""
    names = {"http_proxy": "httpProxy", "https_proxy": "httpsProxy", "no_proxy": "noProxy"}
    found = {key: os.environ.get(name) or os.environ.get(name.upper()) for name, key in names.items()}
    usable = {key: value for key, value in found.items() if value and not _is_loopback(key, value)}
    return {"proxies": {"default": usable}} if set(usable) - {"noProxy"} else {}


def _is_loopback(key: str, value: str) -> bool:
    return key != "noProxy" and any(name in value for name in ("//localhost", "//127.", "//[::1]"))

"""Bases: a stand-in is made only if no registry answers, only in the embedded engine, and stays recognisable."""

import io
import json
import platform
import re
import tarfile
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import docker
import pytest

from checks.engine import BaseUnavailable, Engine
from checks.engine.embedded.layout import only_one
from checks.engine.errors import EngineError, NoSuchBase
from checks.engine.standins import bases, ensure_base, pulling
from checks.engine.standins.names import read_name
from checks.engine.standins.pulling import RegistrySilent, pull
from checks.engine.standins.recipes import recipe_for
from checks.engine.standins.state import State

LAYER = io.BytesIO()
with tarfile.open(fileobj=LAYER, mode="w") as layer:
    layer.addfile(tarfile.TarInfo("genuine"))
CONFIG = json.dumps(
    {
        "architecture": {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine()),
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{sha256(LAYER.getvalue()).hexdigest()}"]},
    }
).encode()


def _described(media: str, blob: bytes) -> dict[str, object]:
    """A descriptor (OCI image specification)."""
    media_type = f"application/vnd.oci.image.{media}"
    return {"mediaType": media_type, "digest": f"sha256:{sha256(blob).hexdigest()}", "size": len(blob)}


MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": _described("config.v1+json", CONFIG),
        "layers": [_described("layer.v1.tar", LAYER.getvalue())],
    }
).encode()
BLOBS = {sha256(blob).hexdigest(): blob for blob in (LAYER.getvalue(), CONFIG, MANIFEST)}
UNKNOWN = b'{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}'


class Registry(BaseHTTPRequestHandler):
    """A registry that has `tiny:1` and nothing else (OCI distribution specification)."""

    # An engine that tries TLS first knows plain HTTP by the status line of the refusal; of 0.9 there is none.
    default_request_version = "HTTP/1.0"

    def do_GET(self) -> None:
        """What is asked for by name or by digest; else MANIFEST_UNKNOWN."""
        digest = self.path.rpartition(":")[2]
        known = {"/v2/": b"{}", "/v2/tiny/manifests/1": MANIFEST}
        body = known.get(self.path) or (BLOBS.get(digest) if self.path.startswith("/v2/tiny/") else None)
        kind = "application/vnd.oci.image.manifest.v1+json" if body == MANIFEST else "application/json"
        self.send_response(404 if body is None else 200)
        body = UNKNOWN if body is None else body
        self.send_header("Content-Type", kind)
        self.send_header("Docker-Content-Digest", f"sha256:{sha256(body).hexdigest()}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - as above

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its caller's name
        """Say nothing."""


@pytest.fixture
def registry() -> Iterator[str]:
    """A registry on loopback, which engines trust without TLS."""
    with HTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def no_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where no registry of images is in reach, wherever this runs."""
    monkeypatch.setattr(State, "is_silent", lambda _state, _registry: True)


def test_no_such_image_is_not_stood_in_for(own_engine: Engine, registry: str) -> None:
    with pytest.raises(BaseUnavailable, match="no such image"):
        ensure_base(own_engine, f"{registry}/ubuntu:20.04")


LOST = [
    "content digest sha256:6be2: not found",
    "failed to prepare extraction snapshot: parent snapshot sha256:6be2 does not exist: not found",
    "lease does not exist: not found",
    "failed to extract layer sha256:6be2: mount target: not found",
    "lookup registry.example: no such host: not found",
]
NO_SUCH = [
    "manifest for ubuntu:99 not found: manifest unknown: manifest unknown",
    'failed to resolve reference "docker.io/library/snapshot:lease": docker.io/library/snapshot:lease: not found',
    "no matching manifest for linux/amd64 in the manifest list entries",
    "pull access denied for blob, repository does not exist or may require 'docker login'",
]
JUDGED = [*((said, RegistrySilent) for said in LOST), *((said, NoSuchBase) for said in NO_SUCH)]


@pytest.mark.parametrize(("said", "error"), JUDGED)
def test_what_the_engine_has_lost_is_no_wrong_name(
    said: str, error: type[Exception], own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The events of a pull are given: no engine loses its store when a test wants it to."""
    events = [{"status": "Pulling"}, {"error": said}]
    monkeypatch.setattr(docker.APIClient, "pull", lambda *_, **__: iter(events))
    with pytest.raises(error):
        pull(own_engine, read_name("ubuntu:99"))


def _event(layer: str, total: int) -> dict[str, object]:
    return {"status": "Downloading", "id": layer, "progressDetail": {"current": 1, "total": total}}


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([_event("a", 5 * 10**9), _event("a", 5 * 10**9), _event("b", 4 * 10**9)], "more than 8 GB"),
        ([_event("a", 9)] * 9, "limit of time"),
        ([{"error": "write /data/x: no space left on device"}], "no space left"),
    ],
)
def test_what_is_pulled_has_limits(
    events: list[Any], said: str, own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of them says of a registry that it is silent."""
    monkeypatch.setattr(docker.APIClient, "pull", lambda *_, **__: iter(events))
    if "time" in said:
        monkeypatch.setattr(pulling, "PULL_LIMIT_S", -1.0)
    with pytest.raises((BaseUnavailable, EngineError), match=said):
        pull(own_engine, read_name("ubuntu:99"))


def test_what_is_there_waits_for_nobody(own_engine: Engine) -> None:
    """Somebody else holds the lock meanwhile, as in a pull that takes long."""
    assert own_engine.directory
    first = ensure_base(own_engine, "debian:bookworm")
    with only_one(own_engine.directory / "bases.lock"):
        assert ensure_base(own_engine, "debian:bookworm").image_id == first.image_id


def test_the_first_digits_of_an_id_are_no_name(own_engine: Engine) -> None:
    host = replace(own_engine, kind="host", directory=None)
    digits = ensure_base(own_engine, "debian:bookworm").image_id.removeprefix("sha256:")[:12]
    assert own_engine.client.images.get(f"sha256:{digits}")
    for name in (f"sha256:{digits}", digits):
        with pytest.raises(BaseUnavailable):
            ensure_base(host, name)


def test_what_another_registry_said_is_not_told(own_engine: Engine, registry: str) -> None:
    with pytest.raises(BaseUnavailable) as missing:
        ensure_base(own_engine, f"{registry}/ubuntu:20.04")
    assert str(missing.value).endswith("the registry has no such image")


def test_a_silent_registry_is_remembered(own_engine: Engine) -> None:
    with pytest.raises(BaseUnavailable, match="no registry answers"):
        ensure_base(own_engine, "127.0.0.1:9/ubuntu:20.04")
    assert own_engine.directory
    assert State(own_engine.directory).is_silent("127.0.0.1:9")


def test_what_a_registry_gave_is_genuine_and_stays_so(own_engine: Engine, registry: str) -> None:
    name = f"{registry}/tiny:1"
    try:
        assert [ensure_base(own_engine, name).origin for _ in range(2)] == ["genuine"] * 2
    finally:
        own_engine.run_cli("image", "rm", "--force", name)


@pytest.mark.usefixtures("no_registry")
def test_a_stand_in_stays_one(own_engine: Engine) -> None:
    """Containerd's store gives whatever is built a digest, as if a registry had it."""
    assert [ensure_base(own_engine, "debian:bookworm").origin for _ in range(2)] == ["stand-in"] * 2


@pytest.mark.usefixtures("no_registry")
def test_a_forged_base_is_replaced(own_engine: Engine, tmp_path: Path) -> None:
    """An image that only bears the name and the label, as a build could make it, is not believed."""
    forged = "ubuntu:rolling"  # has a recipe, and nobody builds from it
    ensure_base(own_engine, "debian:bookworm")
    (tmp_path / "Dockerfile").write_text(
        "FROM debian:bookworm\nLABEL graded-docker-lab.stand-in=true\nRUN touch /forged\n"
    )
    own_engine.run_cli("build", "--quiet", f"--tag={forged}", str(tmp_path))
    forged_id = own_engine.client.images.get(forged).id
    base = ensure_base(own_engine, forged)
    assert base.origin == "stand-in"
    assert base.image_id not in ("", forged_id)
    assert own_engine.client.images.get(forged).id == base.image_id


def test_a_stand_in_is_never_given_to_a_host_engine(own_engine: Engine) -> None:
    host = replace(own_engine, kind="host")
    recipe = recipe_for("ubuntu:20.04")
    assert recipe
    assert own_engine.directory
    with pytest.raises(AssertionError):
        bases._stand_in(host, read_name("ubuntu:20.04"), recipe, State(own_engine.directory), print)  # noqa: SLF001


@pytest.mark.usefixtures("no_registry")
def test_the_full_python_is_fatter(own_engine: Engine) -> None:
    slim, full = (own_engine.client.images.get(ensure_base(own_engine, name).image_id) for name in PYTHONS)
    assert full.attrs["Size"] > 2 * slim.attrs["Size"]
    for command in ("python --version", "python3 --version", "pip --version", "pip3 --version"):
        assert re.search(r"\d+\.\d+", _run(own_engine, "python:3.8.12-slim", command))


@pytest.mark.usefixtures("no_registry")
@pytest.mark.parametrize(
    "script",
    [
        "pip install --no-index pip",
        "pip uninstall -y setuptools",
        "python -m ensurepip",
        "python3.8 -m pip --version",
        "python -m venv /v && /v/bin/pip --version",
        "test -w /usr/local/lib/python3.8/site-packages/pip",
        "cp -r /usr/local/lib/python3.8/site-packages/pip /tmp && test -f /tmp/pip/__init__.py",
        "mkdir -p /usr/lib/python3/dist-packages/a && ! python -c 'import sys, a'",
        "! find / -xdev -name EXTERNALLY-MANAGED | grep .",
        "pip list --format=freeze | grep -v -e ^pip= -e ^setuptools= -e ^wheel= | wc -l | grep -x 0",
    ],
)
def test_nothing_of_debian_is_in_the_way_of_python(own_engine: Engine, script: str) -> None:
    """As in the genuine image: one Python in /usr/local, its packages in site-packages, each to be removed."""
    ensure_base(own_engine, "python:3.8.12-slim")
    _run(own_engine, "python:3.8.12-slim", f"set -e; {script}")


@pytest.mark.usefixtures("no_registry")
def test_ubuntu_has_the_interface_of_the_genuine_one(own_engine: Engine) -> None:
    ensure_base(own_engine, "ubuntu:20.04")
    answers = _run(own_engine, "ubuntu:20.04", UBUNTU).splitlines()
    assert answers == [
        "no-python",
        "no-lists",
        "update-first",
        "refused",
        "entry",
        "python3.8",
        "pip3",
        "leaner",
    ]


PYTHONS = ("python:3.8.12-slim", "python:3.8.12")
UBUNTU = """
exec 3>&1 >/dev/null 2>&1
command -v python3 || echo no-python >&3
[ -z "$(ls /var/lib/apt/lists | grep -v -e lock -e partial)" ] && echo no-lists >&3
apt-get -y install software-properties-common || echo update-first >&3
apt-get update
apt-get -y install software-properties-common
add-apt-repository -y ppa:nobody/nothing 2>&1 | grep 'user or team does not exist' && echo refused >&3
add-apt-repository ppa:deadsnakes/ppa && ls /etc/apt/sources.list.d | grep deadsnakes && echo entry >&3
apt-get update
lean=$(apt-get install -s --no-install-recommends python3-pip | grep -c ^Inst)
fat=$(apt-get install -s python3-pip | grep -c ^Inst)
apt-get install -y python3.8
apt-get install -y --no-install-recommends python3-pip
python3.8 -m pip --version && echo python3.8 >&3
pip3 --version && echo pip3 >&3
[ "$fat" -gt "$lean" ] && echo leaner >&3
true
"""


def _run(engine: Engine, image: str, script: str) -> str:
    name = f"test-{uuid.uuid4().hex}"
    return engine.run_cli("run", "--rm", f"--name={name}", image, "sh", "-c", script).stdout

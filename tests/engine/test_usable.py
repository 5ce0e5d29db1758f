"""Engines that this machine does not have: a small server on a socket imitates them for the real client.

Podman, a rootless engine, an old one, a new one: the tests check the message for each.
"""

import http.server
import json
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from checks.engine import Engine, NoEngine
from checks.engine.connect import host_engine

Pretend = Callable[..., None]
SERVER: dict[str, Any] = {"Version": "29.1.0", "ApiVersion": "1.52", "Os": "linux", "Arch": "amd64"}
PODMAN = {**SERVER, "Version": "5.4.2", "ApiVersion": "1.41", "Components": [{"Name": "Podman Engine"}]}
TOO_OLD = "client version 1.43 is too old. Minimum supported API version is 1.44, please upgrade your client"


class Handler(http.server.BaseHTTPRequestHandler):
    """`/_ping`, `/version` and `/info` of the Engine API, as the test wants them."""

    server: "Pretended"

    def do_GET(self) -> None:
        """Answer what is known; refuse everything where the client is to be too old."""
        path = re.sub(r"^/v[\d.]+", "", self.path)
        body, status = self.server.answers.get(path, {}), 200
        if path != "/_ping" and (refusal := self.server.answers.get("refusal")):
            body, status = {"message": refusal}, 400
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Api-Version", str(self.server.answers["/version"]["ApiVersion"]))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_HEAD = do_GET  # noqa: N815 - its caller's name

    def address_string(self) -> str:
        """A socket of this kind has none."""
        return ""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its caller's name
        """Say nothing."""


class Pretended(socketserver.ThreadingUnixStreamServer):
    """What answers at the socket."""

    daemon_threads = True
    answers: dict[str, Any]


@pytest.fixture
def pretend(own_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pretend]:
    """Let DOCKER_HOST lead to an engine that says this of itself; the client and its plugins are real."""
    with Pretended(str(tmp_path / "docker.sock"), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def answer(version: dict[str, Any], *security: str, refusal: str = "") -> None:
            info = {"SecurityOptions": security}
            server.answers = {"/version": version, "/info": info, "refusal": refusal}

        monkeypatch.setenv("PATH", str(own_engine.cli.parent), prepend=":")
        monkeypatch.setenv("DOCKER_CONFIG", own_engine.environment["DOCKER_CONFIG"])
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
        yield answer
        server.shutdown()


def test_an_engine_that_will_do(pretend: Pretend) -> None:
    pretend(SERVER, "name=seccomp,profile=builtin", "name=cgroupns")
    assert host_engine().version == "29.1.0"


@pytest.mark.parametrize(
    ("version", "security", "refusal", "sentence"),
    [
        (PODMAN, (), "", r"is Podman, .*: start Docker itself and choose it"),
        ({**SERVER, "ApiVersion": "1.43", "Version": "24.0.9"}, (), "", r"24\.0\.9 \(API 1\.43\).*: update"),
        ({**SERVER, "ApiVersion": "1.9"}, (), "", r"API 1\.9\), too old for API 1\.44"),
        ({**SERVER, "Os": "windows"}, (), "", "switch it to Linux containers"),
        (SERVER, ("name=seccomp", "name=rootless"), "", "runs without root, .*: start Docker itself"),
        (SERVER, (), TOO_OLD, "`docker` program is too old for the engine at .*: update Docker"),
    ],
    ids=["podman", "old", "very old", "windows", "rootless", "new"],
)
def test_one_that_will_not(
    pretend: Pretend, version: dict[str, Any], security: tuple[str, ...], refusal: str, sentence: str
) -> None:
    pretend(version, *security, refusal=refusal)
    with pytest.raises(NoEngine, match=sentence):
        host_engine()

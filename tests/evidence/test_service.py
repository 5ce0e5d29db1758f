"""What is asked of a service arrives as it was asked, and the answer comes back."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, cast

import pytest

from checks.evidence.service.service import Answer, Question, Service
from checks.outcomes import CheckFailed

if TYPE_CHECKING:
    from checks.engine.container import Running


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked; whoever has no key is turned away."""

    def do_GET(self) -> None:
        self.answer(200, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200 if self.headers["X-API-Key"] == "right" else 401, body)

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps({"path": self.path, "body": body.decode()}).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@dataclass
class StubRunning:
    """Stands in for a container that publishes this port."""

    port: int

    def published(self, _port: int) -> int:
        return self.port

    def is_over(self) -> bool:
        return False


@dataclass
class Silent:
    """Stands in for a container that publishes nothing, at work or not."""

    over: bool

    def published(self, _port: int) -> None:
        return None

    def is_over(self) -> bool:
        return self.over

    def ending(self) -> str:
        return "it ended with exit code 1"

    def limit_hit(self) -> None:
        return None

    def logs(self) -> str:
        return "ImportError"


@pytest.fixture
def service() -> Iterator[Service]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Service(cast("Running", StubRunning(server.server_port)), 8000, 10)
        server.shutdown()


def test_without_a_body_it_is_a_get(service: Service) -> None:
    assert service.get("/config").content == {"path": "/config", "body": ""}


def test_a_body_is_posted_as_json(service: Service) -> None:
    answer = service.ask(Question("/predict", {"features": [1.5]}, {"X-API-Key": "right"}))
    assert answer.status == 200
    assert json.loads(answer.content["body"]) == {"features": [1.5]}


def test_a_header_that_is_wrong_arrives_too(service: Service) -> None:
    assert service.ask(Question("/predict", {}, {"X-API-Key": "wrong"})).status == 401


@pytest.mark.parametrize(("over", "words"), [(True, "until it is stopped"), (False, "0.0.0.0")])
def test_what_is_said_of_one_that_does_not_answer(over: bool, words: str) -> None:  # noqa: FBT001 - a table
    """Who has ended listens nowhere: where it listened is no question."""
    running = cast("Running", Silent(over))
    with pytest.raises(CheckFailed) as failed:
        Service(running, 8000, 0.2).get("/")
    assert words in failed.value.help


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[1]", b"\xff", b"[" * 100_000])
def test_what_is_no_object_has_no_content(body: bytes) -> None:
    assert Answer(200, body).content == {}

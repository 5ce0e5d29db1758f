"""The stop signal comes when the request is there, however long the engine takes to say where to ask."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import pytest

from checks.evidence.service.service import Question, Service
from checks.evidence.service.stop import HEAD_START, Stop, stop
from checks.outcomes import CheckFailed

SLOW_SECONDS = 2 * HEAD_START


@dataclass
class Server:
    """Stands in for a container whose engine is slow to tell its port; it notes what happens."""

    port: int
    happened: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def container(self) -> "Server":
        return self

    def inspect(self) -> dict[str, Any]:
        return {"Config": {}, "State": {"ExitCode": 0}}

    def published(self, _port: int) -> int:
        time.sleep(SLOW_SECONDS)
        return self.port

    def is_over(self) -> bool:
        return self.over.is_set()

    def wait_over(self, seconds: float) -> bool:
        return self.over.wait(seconds)

    def kill(self, signal: str = "SIGKILL") -> None:
        self.happened.append(signal)
        self.over.set()

    def ending(self) -> str:
        return "it ended with exit code 0"

    def logs(self) -> str:
        return ""


@pytest.fixture
def server() -> Iterator[Server]:
    """It answers a request once it has been told to stop."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.happened.append(self.path)
            made.over.wait(60)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        made = Server(listening.server_port)
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield made
        listening.shutdown()


def stopped(server: Server) -> Stop:
    return stop(Service(cast("Any", server), 8000, 1), Question("/predict"), 60)


def test_the_request_is_there_before_the_signal(server: Server) -> None:
    found = stopped(server)
    assert server.happened == ["/predict", "SIGTERM"]
    assert found.answer is not None
    assert (found.signal, found.exit_code, found.answer.status) == ("SIGTERM", 0, 200)


def test_one_that_cannot_be_asked_is_stopped_all_the_same(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise CheckFailed("an answer", "none", "")

    monkeypatch.setattr(Service, "ask", refused)
    assert stopped(server) == Stop("SIGTERM", 0, None)
    assert server.happened == ["SIGTERM"]

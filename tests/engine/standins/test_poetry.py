"""The package index is asked whether it has Poetry's JSON API."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from checks.engine.standins.packages import mirror_for_poetry

ANSWERS = {
    "/full/simple/pip/": b'{"files": []}',
    "/full/pypi/pip/24.0/json": b'{"info": {}}',
    "/pages/pypi/pip/24.0/json": b'{"info": {}}',
    "/no-releases/simple/pip/": b'{"files": []}',
}


class Index(BaseHTTPRequestHandler):
    """Answers with JSON where `ANSWERS` has some; all else gets a page."""

    def do_GET(self) -> None:
        """Any GET."""
        body = ANSWERS.get(self.path, b"<html></html>")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its caller's name
        """Say nothing."""


@pytest.fixture
def index() -> Iterator[str]:
    """The address of an index on loopback."""
    with HTTPServer(("127.0.0.1", 0), Index) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_index_with_json_needs_no_mirror(index: str) -> None:
    assert mirror_for_poetry(f"{index}/full/simple") == ""


@pytest.mark.parametrize("name", ["plain", "pages", "no-releases"])
def test_an_index_that_lacks_one_of_the_answers_is_its_own_mirror(index: str, name: str) -> None:
    assert mirror_for_poetry(f"{index}/{name}/simple/") == f"{index}/{name}/simple/"


@pytest.mark.parametrize("written", ["", "file:///srv/simple"])
def test_nothing_that_a_container_could_reach(written: str) -> None:
    assert mirror_for_poetry(written) == ""

"""A running service: its HTTP answers on the published port, or the reason why it does not answer."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from checks.engine.container import Running
from checks.engine.docker_run import StartFailed, run_container
from checks.engine.ports import LOOPBACK
from checks.engine.retry import Patience
from checks.outcomes import CheckFailed
from checks.sanitize import fenced

if TYPE_CHECKING:
    from checks.engine.engine import Engine
    from checks.engine.run import Run


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: its status, and its body up to the limit of bytes."""

    status: int
    body: bytes

    @property
    def text(self) -> str:
        """The body as text; undecodable bytes are replaced."""
        return self.body.decode("utf-8", errors="replace")

    @property
    def content(self) -> Mapping[str, Any]:
        """The JSON object in the body; empty if the body is anything else."""
        try:
            content = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}


MAX_ANSWER_BYTES = 1_000_000
ANSWER_SECONDS = 10.0
POLL_SECONDS = 0.1
PLAIN = {"Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Question:
    """A request: a GET, or a POST if it has a body, which we send as JSON."""

    path: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """The HTTP method."""
        return "GET" if self.body is None else "POST"


BY_HAND = "make runX"  # the command by which a student boots an image, X being the lab


@dataclass(frozen=True)
class Service:
    """A container of a booted image, and the port in it that it must serve on."""

    running: Running
    port: int
    seconds: float
    by_hand: str = BY_HAND

    def get(self, path: str) -> Answer:
        """Return the first answer to `GET path`; raise `CheckFailed` without an answer within `seconds`."""
        return self.ask(Question(path))

    def ask(self, question: Question, sent: Callable[[], None] = lambda: None) -> Answer:
        """Return the first answer to any question; raise `CheckFailed` as `get` does.

        `sent` is called each time that the whole request has been written to the connection.
        """
        patience = Patience(self.seconds)
        while True:
            over = self.running.is_over()
            if not over and (answer := self._ask(question, patience, sent)) is not None:
                return answer
            if over or patience.is_over:
                raise self._silence(question, patience, over=over)
            time.sleep(POLL_SECONDS)

    def file(self, path: str) -> str:
        """Return a text file of the container, read with the image's programs; "" if it does not exist."""
        return self.running.read(path)

    def _ask(self, question: Question, patience: Patience, sent: Callable[[], None]) -> Answer | None:
        """Ask once, without redirects and proxies; return None if the service does not answer."""
        published = self.running.published(self.port)
        if published is None:
            return None
        seconds = ANSWER_SECONDS * patience.slowness
        return asyncio.run(_answer(f"http://{LOOPBACK}:{published}", question, seconds, sent))

    def _silence(self, question: Question, patience: Patience, *, over: bool) -> CheckFailed:
        """Return the failure for a missing answer: how the container ended, or the time limit, and its output."""
        late = f"no answer within {self.seconds:g} s (its limit of time){patience.remark()}"
        actual = self.running.ending() if over else ", ".join(filter(None, [late, self.running.limit_hit()]))
        return CheckFailed(
            f"an answer to `{question.method} {question.path}` on the published port {self.port}",
            f"{actual}\nIts output:\n{fenced(self.running.logs())}",
            f"Run it yourself (`{self.by_hand}`). {self._hint(over=over)}",
        )

    def _hint(self, *, over: bool) -> str:
        if over:
            return "A server goes on until it is stopped; what ended this one, its last lines say, or its command."
        return f"The server must listen on 0.0.0.0, port {self.port}: 127.0.0.1 is the container alone."


async def _answer(server: str, question: Question, seconds: float, sent: Callable[[], None]) -> Answer | None:
    """Return one answer, cut at the limits of bytes and time; None if no status arrives.

    It reads the raw body and never decompresses it, since a few bytes could become many.
    """
    import ssl

    import httpx

    async def trace(event: str, _: Mapping[str, Any]) -> None:
        if event == "http11.send_request_body.complete":
            sent()

    # The port speaks plain HTTP; loading the machine's certificate authorities would take longer than most answers.
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    status, body = 0, b""
    # ValueError: httpx reads where an answer redirects to, although it does not go there.
    with suppress(httpx.HTTPError, TimeoutError, ValueError):
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(trust_env=False, timeout=seconds, headers=PLAIN, verify=nobody) as client,
            client.stream(
                question.method,
                server + question.path,
                json=question.body,
                headers=dict(question.headers),
                extensions={"trace": trace},
            ) as response,
        ):
            status = response.status_code
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    break
    return Answer(status, body[:MAX_ANSWER_BYTES]) if status else None


@contextmanager
def starting(by_hand: str) -> Iterator[None]:
    """Context manager; raise `CheckFailed` if the engine refuses to start a container inside it."""
    try:
        yield
    except StartFailed as refused:
        raise CheckFailed(
            "a container that starts",
            f"the engine refused: {refused}",
            f"Try the ENTRYPOINT and the CMD yourself: `{by_hand}`.",
        ) from None


@contextmanager
def boot(  # noqa: PLR0913 - as `run_container`
    engine: "Engine",
    run: "Run",
    image: str,
    *,
    port: int,
    seconds: float,
    by_hand: str = BY_HAND,
    environment: Mapping[str, str] | None = None,
    volumes: Sequence[str] = (),
    options: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[Service]:
    """Boot `image` with `port` published; raise `CheckFailed` if the engine refuses to start it.

    `by_hand` is the command with which a student does the same, `options` are those of `run_container`.
    """
    with (
        starting(by_hand),
        run_container(
            engine, run, image, port=port, environment=environment, volumes=volumes, options=options
        ) as running,
    ):
        yield Service(running, port, seconds, by_hand)

"""A running service: its HTTP answers on the published port, and why there is none."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
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
    """Its status, and its body as far as the limits of the one who asked allowed."""

    status: int
    body: bytes

    @property
    def text(self) -> str:
        """The body, whatever its bytes."""
        return self.body.decode("utf-8", errors="replace")

    @property
    def content(self) -> Mapping[str, Any]:
        """The JSON object that the body is; empty when it is none."""
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
    """What is asked: a GET, or a POST when there is a body, which goes out as JSON."""

    path: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """The method of HTTP."""
        return "GET" if self.body is None else "POST"


BY_HAND = "make runX"  # the command by which a student boots an image, X being the lab


@dataclass(frozen=True)
class Service:
    """A booted image, and the port inside it that it is to serve on."""

    running: Running
    port: int
    seconds: float
    by_hand: str = BY_HAND

    def get(self, path: str) -> Answer:
        """The first answer to `GET path`; raises `CheckFailed` when none comes within `seconds` of now."""
        return self.ask(Question(path))

    def ask(self, question: Question) -> Answer:
        """The first answer to any question, as `get`."""
        patience = Patience(self.seconds)
        while True:
            over = self.running.is_over()
            if not over and (answer := self._ask(question, patience)) is not None:
                return answer
            if over or patience.is_over:
                raise self._silence(question, patience, over=over)
            time.sleep(POLL_SECONDS)

    def file(self, path: str) -> str:
        """A text file inside the container, "" when there is none; read with the image's own programs."""
        return self.running.read(path)

    def _ask(self, question: Question, patience: Patience) -> Answer | None:
        """One question; None while nobody listens. No redirect is followed and no proxy asked."""
        published = self.running.published(self.port)
        if published is None:
            return None
        seconds = ANSWER_SECONDS * patience.slowness
        return asyncio.run(_answer(f"http://{LOOPBACK}:{published}", question, seconds))

    def _silence(self, question: Question, patience: Patience, *, over: bool) -> CheckFailed:
        """Nobody answered: say how the container ended, or that it is deaf, with its own last words."""
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


async def _answer(server: str, question: Question, seconds: float) -> Answer | None:
    """One answer, within the limits of bytes and time: one that drips or streams for ever is cut.

    The body is read as it comes, never unpacked: a little of it could become a lot.
    """
    import ssl

    import httpx

    # The port speaks plain HTTP: to load the machine's authorities would take longer than most answers do.
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    status, body = 0, b""
    with suppress(httpx.HTTPError, TimeoutError):
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(trust_env=False, timeout=seconds, headers=PLAIN, verify=nobody) as client,
            client.stream(
                question.method, server + question.path, json=question.body, headers=dict(question.headers)
            ) as response,
        ):
            status = response.status_code
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    break
    return Answer(status, body[:MAX_ANSWER_BYTES]) if status else None


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
) -> Iterator[Service]:
    """Boot `image` with `port` published; raises `CheckFailed` when it cannot be started at all.

    `by_hand` is the command by which a student does the same.
    """
    try:
        with run_container(
            engine, run, image, port=port, environment=environment, volumes=volumes
        ) as running:
            yield Service(running, port, seconds, by_hand)
    except StartFailed as refused:
        raise CheckFailed(
            "a container that starts",
            f"the engine refused: {refused}",
            f"Try the ENTRYPOINT and the CMD yourself: `{by_hand}`.",
        ) from None

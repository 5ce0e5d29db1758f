"""Assertions about the health check of a running service: healthy while it works, unhealthy while it does not."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from checks.expect.basics import ABSENT
from checks.expect.composition import Place
from checks.expect.operation import within
from checks.outcomes import CheckFailed
from checks.sanitize import fenced

if TYPE_CHECKING:
    from checks.engine.container import Running

RUNS = 2  # of the health check: the first may have begun before we changed anything


def is_healthy(running: "Running", test: tuple[str, ...], seconds: float, place: Place) -> None:
    """Assert that there is a health check, and that it reports a working service as healthy."""
    help = "Run the check by hand: `docker compose exec api <command>`. Does the image have that program?"
    if not test:
        raise CheckFailed(
            "a health check in force", _no_check(running), help, file=place.file, line=place.line
        )
    if not within(seconds, lambda: _health(running) == "healthy"):
        log = _runs(running)
        said = fenced(str(log[-1].get("Output", "")) if log else "")
        actual = f"`{_health(running)}`, although it was run every second; what it said last:\n{said}"
        raise CheckFailed(
            "`healthy`, while the service is at work", actual, help, file=place.file, line=place.line
        )


def _no_check(running: "Running") -> str:
    written = (running.inspect()["Config"].get("Healthcheck") or {}).get("Test") or ()
    is_off = list(written[:1]) == ["NONE"]
    return "it is switched off, by `disable: true` or by `NONE` as its test" if is_off else ABSENT


def notices(running: "Running", seconds: float, place: Place) -> None:
    """Assert that the health check reports an app that cannot work as unhealthy."""
    if not within(seconds, lambda: _health(running) == "unhealthy"):
        raise CheckFailed(
            "`unhealthy`, once the model is gone and `GET /health` answers 503",
            f"still `{_health(running)}` {seconds:g} s later, although the check was run every second",
            "Ask the app, and fail when it does not answer 200: `curl --fail`, or Python's urllib on `/health`.",
            file=place.file,
            line=place.line,
        )


def asks_the_service(running: "Running", is_broken: Callable[[], bool], seconds: float, place: Place) -> None:
    """Assert that the health check fails while the service is broken, although its file is right by now."""
    before = {run["Start"] for run in _runs(running)}

    def has_run() -> bool:
        return len({run["Start"] for run in _runs(running)} - before) >= RUNS

    if within(seconds, has_run) and _runs(running)[-1]["ExitCode"] == 0 and is_broken():
        raise CheckFailed(
            "`unhealthy`, as long as `GET /health` answers 503",
            "the health check succeeds as soon as the model's file is right, while the service still answers 503",
            "Ask the app, and not its files: `curl --fail`, or Python's urllib on `/health`.",
            file=place.file,
            line=place.line,
        )


def _runs(running: "Running") -> list[dict[str, Any]]:
    """Return the last runs of the health check, as the engine keeps them."""
    return (running.inspect()["State"].get("Health") or {}).get("Log") or []


def _health(running: "Running") -> str:
    return str((running.inspect()["State"].get("Health") or {}).get("Status", "none"))

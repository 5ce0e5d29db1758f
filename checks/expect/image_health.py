"""Assertions about the health check of an image: it gives the service time to start, and tells the truth of it."""

from checks.evidence.image.image_config import ImageConfig
from checks.evidence.service.health import Probe
from checks.expect.basics import ABSENT
from checks.outcomes import CheckFailed
from checks.sanitize import fenced

ASK = (
    "Ask the app on its own port, and fail unless it answers 200, with what the image has: Python's urllib raises "
    "for 503, and `curl --fail` needs curl in the image."
)
START = (
    "`HEALTHCHECK --start-period=30s ...`: failures in that time do not count, while the model is loading."
)


def gives_time_to_start(config: ImageConfig) -> None:
    """Assert that the image has a health check with a start period."""
    check = config.healthcheck
    if check is None or check.test[:1] in {(), ("NONE",)}:
        actual = ABSENT if check is None or not check.test else "it is switched off: `HEALTHCHECK NONE`"
        raise CheckFailed("a health check in the image", actual, "`HEALTHCHECK --start-period=30s CMD ...`")
    if not check.start_period:
        raise CheckFailed("a health check with a start period", "it has none", START)


def finds_well(probe: Probe | None) -> None:
    """Assert that the health check finds a service healthy that works."""
    if probe is None or probe.status:
        raise CheckFailed("`healthy`, of a service that works on the port that PORT names", _said(probe), ASK)


def finds_ill(probe: Probe | None) -> None:
    """Assert that the health check finds a service unhealthy that cannot work."""
    if probe is None or not probe.status:
        state = "a service without its model, whose `GET /health` answers 503"
        raise CheckFailed(f"`unhealthy`, of {state}", _said(probe), ASK)


def asks_the_service(probe: Probe | None) -> None:
    """Assert that the health check still finds it ill when its file is right and its `GET /health` answers 503."""
    if probe is not None and not probe.status:
        actual = (
            f"{_said(probe)}\nIt succeeds since the model's file is there, and the service still answers 503"
        )
        raise CheckFailed("a health check that asks the service, and not its files", actual, ASK)


def _said(probe: Probe | None) -> str:
    if probe is None:
        return "it does not come to an end in time, although it is run every second"
    word = "unhealthy" if probe.status else "healthy"
    return f"`{word}`, with exit status {probe.status} and the output\n{fenced(probe.output)}"

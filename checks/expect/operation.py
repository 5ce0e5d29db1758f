"""Assertions about a running Compose project: how its service reacts to settings, crashes and changes."""

import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from checks.engine.retry import Patience
from checks.expect.composition import Place
from checks.outcomes import CheckFailed
from checks.sanitize import fenced, sanitize_line

if TYPE_CHECKING:
    from checks.engine.container import Running
    from checks.engine.project.project import Up
    from checks.evidence.service.service import Service
    from checks.evidence.service.startup import Startup

POLL_SECONDS = 0.25


def follows(boot: "Startup", place: Place) -> None:
    """Assert that the service uses the log level of `.env`."""
    if isinstance(boot.config, CheckFailed):
        raise boot.config
    said = str(boot.config.content.get("log_level"))
    if said.lower() != boot.level:
        raise CheckFailed(
            f"`GET /config` says `{boot.level}` with LOG_LEVEL={boot.level} in `.env`",
            f"it says `{sanitize_line(said)}`",
            "`env_file` hands the variables of a file to the container; `environment` has the last word over it.",
            file=place.file,
            line=place.line,
        )


def names_setting(example: Collection[str], name: str, file: str) -> None:
    """Assert that the example of a `.env` sets this variable."""
    if name not in example:
        listed = ", ".join(f"`{sanitize_line(other)}`" for other in example)
        raise CheckFailed(
            f"`{name}` in the example, for whoever makes a `.env` of it",
            f"it sets {listed}" if listed else "it sets nothing",
            f"A line `{name}=info`, and no `#` before it.",
            file=file,
        )


def is_started(profiles: Collection[str], place: Place) -> None:
    """Assert that `docker compose up` starts the service without `--profile`."""
    if profiles:
        names = ", ".join(f"`{sanitize_line(name)}`" for name in sorted(profiles))
        raise CheckFailed(
            "a service that `docker compose up` starts",
            f"it is started for the profile {names} alone, and nobody asks for that",
            "Leave `profiles` out: what has none is always started.",
            file=place.file,
            line=place.line,
        )


def is_up(up: "Up", seconds: float, place: Place) -> None:
    """Assert that `up --wait` succeeded in time."""
    if not up.succeeded or up.seconds > seconds:
        raise CheckFailed(
            f"every service is healthy within {seconds:g} s of `docker compose up --wait`",
            f"after {up.seconds:.0f} s:\n{fenced(up.said)}",
            "A container is `starting` until its first health check, and that comes after `interval`, "
            "or after `start_interval` while `start_period` lasts.",
            file=place.file,
            line=place.line,
        )


def comes_back(running: "Running", begun: str, seconds: float, place: Place) -> None:
    """Assert that a service that started at `begun` and crashed is running again."""

    def again() -> bool:
        state = running.inspect()["State"]
        return bool(state["Running"]) and state["StartedAt"] != begun

    if not within(seconds, again):
        policy = running.inspect()["HostConfig"]["RestartPolicy"].get("Name") or "no"
        raise CheckFailed(
            f"the service at work again within {seconds:g} s of a crash of its process",
            f"it stayed away: {running.ending()}; the restart policy in force is `{policy}`",
            "`restart: unless-stopped` starts it again whatever the reason, until you stop it.",
            file=place.file,
            line=place.line,
        )


def has_model(service: "Service", version: str, seconds: float, place: Place) -> None:
    """Assert that `GET /health` reports this model in time."""
    answers = [service.get("/health")]

    def is_so() -> bool:
        answers.append(service.get("/health"))
        return answers[-1].content.get("model_version") == version

    if not within(seconds, is_so):
        raise CheckFailed(
            f"`GET /health` says within {seconds:g} s that model `{version}`, now in the folder, is loaded",
            f"status {answers[-1].status} and\n{fenced(answers[-1].text)}",
            "Mount the folder with the models, where the service looks for `model.pkl`: of a single file, a mount "
            "keeps the old one when another takes its place.",
            file=place.file,
            line=place.line,
        )


def within(seconds: float, is_so: Callable[[], bool]) -> bool:
    """Wait until `is_so` is true; return False if that takes too long."""
    patience = Patience(seconds)
    while not is_so():
        if patience.is_over:
            return False
        time.sleep(POLL_SECONDS)
    return True

"""One start of a Compose project, and its service's answer about its configuration."""

from dataclasses import dataclass

from checks.engine.project.project import Up
from checks.evidence.service.service import Answer
from checks.outcomes import CheckFailed


@dataclass(frozen=True)
class Startup:
    """One `docker compose up`: the log level that `.env` sets, and the answer to `GET /config`.

    `up` says whether all services became healthy, and after how many seconds. `config` is the service's own
    answer, or the failure that a check raises if it needs the answer.
    """

    level: str
    up: Up
    config: Answer | CheckFailed

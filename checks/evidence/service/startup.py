"""One start of a Compose project, and what its service said of its configuration."""

from dataclasses import dataclass

from checks.engine.project.project import Up
from checks.evidence.service.service import Answer
from checks.outcomes import CheckFailed


@dataclass(frozen=True)
class Startup:
    """One `docker compose up`: the log level that `.env` asked for, and what `GET /config` said, or why not.

    `up` says whether all services became healthy, and after how many seconds. `config` is the service's own
    answer, or the failure that a check raises which needs it.
    """

    level: str
    up: Up
    config: Answer | CheckFailed

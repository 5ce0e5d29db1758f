"""What the service is told from outside. This file is yours to put right.

TODO: nothing below may stay as it is. Where the log level and the model are is configuration: it comes from
environment variables (`LOG_LEVEL`, `MODEL_PATH`). The API key is a secret: it comes from a file.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """`log_level` as Python's logging names it, `model_path` a file, `api_key` what callers must send."""

    log_level: str
    model_path: str
    api_key: str


def load() -> Settings:
    """Called once, when the service starts."""
    return Settings(log_level="info", model_path="models/model.pkl", api_key="everybody-knows-this-key")

"""What the service is told from outside: configuration by environment variables, the API key by a file."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """`log_level` as Python's logging names it, `model_path` a file, `api_key` what callers must send."""

    log_level: str
    model_path: str
    api_key: str


def load() -> Settings:
    """Called once, when the service starts."""
    return Settings(
        log_level=os.environ.get("LOG_LEVEL", "info"),
        model_path="models/model.pkl",
        api_key=_secret(os.environ.get("API_KEY_FILE", "/run/secrets/api_key")),
    )


def _secret(path: str) -> str:
    """A secret that is mounted as a file; "" without one, and then nobody is served."""
    file = Path(path)
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""

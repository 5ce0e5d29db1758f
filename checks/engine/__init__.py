"""The only package that talks to Docker."""

from checks.engine.engine import Engine
from checks.engine.errors import BaseUnavailable, EngineError, NoEngine
from checks.engine.find import find

__all__ = ["BaseUnavailable", "Engine", "EngineError", "NoEngine", "find"]

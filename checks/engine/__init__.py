"""The only package that talks to Docker."""

from checks.engine.connect import find
from checks.engine.engine import Engine
from checks.engine.errors import BaseUnavailable, EngineError, NoEngine

__all__ = ["BaseUnavailable", "Engine", "EngineError", "NoEngine", "find"]

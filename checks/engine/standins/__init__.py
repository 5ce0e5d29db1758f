"""Base images: the genuine ones if the engine can pull them, else stand-ins that we build."""

from checks.engine.standins.bases import Base, ensure_base

__all__ = ["Base", "ensure_base"]

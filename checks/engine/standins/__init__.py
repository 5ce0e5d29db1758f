"""Base images: the genuine ones where they can be pulled, look-alikes of our own where they cannot."""

from checks.engine.standins.bases import Base, ensure_base

__all__ = ["Base", "ensure_base"]

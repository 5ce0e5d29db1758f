"""The embedded engine, unpacked from Debian packages, for machines without an engine."""

from checks.engine.embedded.lifecycle import clean, is_running, start, status, stop

__all__ = ["clean", "is_running", "start", "status", "stop"]

"""An engine of the project's own, unpacked from Debian packages, for machines that have none."""

from checks.engine.embedded.lifecycle import clean, start, status, stop

__all__ = ["clean", "start", "status", "stop"]

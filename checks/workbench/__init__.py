"""The workbench: build, run, inspect and push a lab's image by hand, with the tag that the README names.

Nothing here grades. Commands are printed before they run, so that a student learns to type them. Each command
is a function of the same name, which returns the exit status of the program that it ran.
"""

from checks.workbench.context import UsageError, Workbench
from checks.workbench.external_tools import dive, hadolint, structure
from checks.workbench.images import build, push
from checks.workbench.material import leaky
from checks.workbench.opinions import opinions
from checks.workbench.running import run
from checks.workbench.scanning import sbom, scan, slim

__all__ = [
    "UsageError",
    "Workbench",
    "build",
    "dive",
    "hadolint",
    "leaky",
    "opinions",
    "push",
    "run",
    "sbom",
    "scan",
    "slim",
    "structure",
]

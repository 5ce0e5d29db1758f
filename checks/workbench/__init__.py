"""A lab's image in a student's hands: built, run, looked into and pushed with the tag that the README names.

Nothing here grades. The commands are printed before they run, so that a student learns to type them. What can
be done with a lab is a function here, named as the command is; it gives the exit status of the program that it ran.
"""

from checks.workbench.context import UsageError, Workbench
from checks.workbench.external_tools import dive, hadolint, structure
from checks.workbench.images import build, push
from checks.workbench.material import leaky
from checks.workbench.running import run

__all__ = ["UsageError", "Workbench", "build", "dive", "hadolint", "leaky", "push", "run", "structure"]

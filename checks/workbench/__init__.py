"""A lab's image in a student's hands: built, run, looked into and pushed with the tag that the README names.

Nothing here grades. The commands are printed before they run, so that a student learns to type them.
"""

from collections.abc import Callable

from checks.workbench.bench import Unclear, Workbench
from checks.workbench.building import build
from checks.workbench.handout import leaky
from checks.workbench.opinions import dive, hadolint, structure
from checks.workbench.pushing import push
from checks.workbench.running import run

__all__ = ["VERBS", "Unclear", "Workbench"]

# What can be done with a lab, by its name; each gives the exit status of the program that it ran.
VERBS: dict[str, Callable[[Workbench], int]] = {
    verb.__name__: verb for verb in (build, run, dive, hadolint, structure, push, leaky)
}

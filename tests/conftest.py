"""Which tests may run at the same time: those that build from one base, and those of one file, share a worker.

Whatever grades labs on the same base of the same engine goes one after the other. Builds at the same time fill a
cache each (docs/decisions/0004): a lab that is built beside itself is built from nothing, a minute of CPU.
The labs take longest, so they come first, and the many small files fill the end (`--no-loadscope-reorder`).
"""

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from checks.lab import all_labs
from tests.engines import wheres

LABS_FILE = "tests/test_labs.py"
BY_LAB = (LABS_FILE, "tests/test_structure.py")
BASES = {lab.id: next(iter(lab.images.values())).base for lab in all_labs()}
ELSEWHERE = {where.id for where in wheres() if where.engine != "auto"}
# Files that build a lab's solution, or something that differs from it in its last lines. The first two look at what
# dead runs have left, too, and each must not see those of the other.
BUILDING = {
    "tests/grading/test_killed.py": "task1_layers",
    "tests/engine/test_ownership.py": "task1_layers",
    "tests/grading/test_classroom.py": "task1_layers",
    "tests/grading/test_hostile_builds.py": "task1_layers",
    "tests/workbench/test_workbench.py": "task1_layers",
    "tests/hostile/builds/test_arguments.py": "lab_compose",
    "tests/hostile/builds/test_caches.py": "lab_env_secrets",
    "tests/hostile/builds/test_fetches.py": "lab_env_secrets",
    "tests/hostile/test_honest_projects.py": "lab_compose",
    "tests/labs/lab_env_secrets/test_images.py": "lab_env_secrets",
}

# How long an example takes says something of the machine, which may be busy.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The labs first."""
    items.sort(key=lambda item: not item.nodeid.startswith(LABS_FILE))


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist, nobody asks
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Whoever hands out the tests; `--dist loadgroup` of xdist 3.8 overlooks its marks in pytest 9.2."""
    return Scheduler(config, log)


class Scheduler(LoadScopeScheduling):  # type: ignore[misc] # it has no types
    """Hands out tests by the base image of the lab that they grade, else by file."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(nodeid: str) -> str:
    """What a test shares a worker with."""
    file, _, test = nodeid.partition("::")
    if file in BUILDING:
        return BASES[BUILDING[file]]
    lab, _, rest = test.partition("[")[2].rstrip("]").partition("-")
    if file not in BY_LAB or lab not in BASES:
        return file
    return f"{BASES[lab]} {rest}" if rest in ELSEWHERE else BASES[lab]

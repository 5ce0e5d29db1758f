"""Which of our tests may run at the same time: those of one base image, and those of one file, share a worker.

Labs on the same base of the same engine, and whatever else grades Task 1, go one after the other: BuildKit now and
then overlooks what it has in its cache while somebody else builds from the same image (docs/decisions/0004), which
costs time. The labs take longest, so they come first, and the many small files fill the end
(`--no-loadscope-reorder`).
"""

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from checks.grading.lab import all_labs
from tests.engines import wheres

LABS_FILE = "tests/test_labs.py"
BASES = {lab.id: next(iter(lab.images.values())).base for lab in all_labs()}
ELSEWHERE = {where.id for where in wheres() if where.engine != "auto"}
# The first and the second look at what dead runs have left, and each must not see those of the other.
GRADING_TASK_1 = (
    "tests/grading/test_killed.py",
    "tests/engine/test_ownership.py",
    "tests/grading/test_classroom.py",
)

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
    if file in GRADING_TASK_1:
        return BASES["task1_layers"]
    lab, _, rest = test.partition("[")[2].rstrip("]").partition("-")
    if file != LABS_FILE or lab not in BASES:
        return file
    return f"{BASES[lab]} {rest}" if rest in ELSEWHERE else BASES[lab]

"""Which of our tests may run at the same time: those of one lab, and those of one file, share a worker.

A lab's gradings share a build cache, and a file's tests what its fixtures make. The labs take longest, so
they come first, and the many small files fill the end (`--no-loadscope-reorder` keeps this order).
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

LABS_FILE = "tests/test_labs.py"
# They look at what dead runs have left, and each must not see those of the other.
DEAD_RUNS = ("tests/grading/test_killed.py", "tests/engine/test_ownership.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The labs first, those at the end of the course before the others: they take longest."""
    turns = list(dict.fromkeys(scope_of(item.nodeid) for item in items if _grades(item)))
    items.sort(key=lambda item: -turns.index(scope_of(item.nodeid)) if _grades(item) else 1)


def _grades(item: pytest.Item) -> bool:
    return item.nodeid.startswith(LABS_FILE)


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist, nobody asks
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Whoever hands out the tests; `--dist loadgroup` of xdist 3.8 overlooks its marks in pytest 9.2."""
    return Scheduler(config, log)


class Scheduler(LoadScopeScheduling):  # type: ignore[misc] # it has no types
    """Hands out tests by the lab that they grade, else by file."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(nodeid: str) -> str:
    """What a test shares a worker with."""
    file, _, test = nodeid.partition("::")
    if file == LABS_FILE:
        return test.partition("[")[2].partition("-")[0].rstrip("]")
    return "dead runs" if file in DEAD_RUNS else file

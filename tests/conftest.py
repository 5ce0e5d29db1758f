"""Distribute tests to workers: tests that build one lab share a worker, and so do the tests of one file.

The tests of `tests/class_of_200/` share a worker too, and so the one grading of their class.

Tests that grade a lab on the same engine run one after the other, as do those of a lab that it is compared with.
Concurrent builds each fill their own cache (docs/decisions/0004), and to build without one takes a minute of CPU.
The labs take longest, so they come first, and the many small files come last (`--no-loadscope-reorder`).

A test that uses an engine requests the fixture `engine`, directly or through other fixtures, and gets the marker
`engine`. Other tests find no engine, nor do the programs that they start.
"""

import ast
import signal
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from checks.engine import Engine, find
from checks.engine.embedded.suites import RELEASE_VARIABLE
from checks.lab import ROOT
from checks.sections import BaselineSettings
from tests.engines import LABS, wheres

ENGINE = "engine"
LABS_FILE = "tests/test_labs.py"
TOGETHER = "tests/class_of_200/"
BY_LAB = (LABS_FILE, "tests/test_structure.py")
BUILT_WITH = {
    lab.id: lab.own.earlier.lab if isinstance(lab.own, BaselineSettings) else lab.id for lab in LABS
}
ELSEWHERE = {where.id for where in wheres() if where.engine != "auto"}

# How long an example takes says something of the machine, which may be busy.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("few", settings.get_profile("any machine"), max_examples=20)
settings.load_profile("any machine")


# A shell starts what runs in its background with SIGINT ignored, and so would all be that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """Whatever this machine grades with."""
    return find("auto")


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs an engine. Labs come first, their mistakes last: these push layers out of the cache."""
    for item in items:
        if engine.__name__ in getattr(item, "fixturenames", ()):
            item.add_marker(ENGINE)
    items.sort(key=lambda item: (not item.nodeid.startswith(BY_LAB), "::test_a_mistake_" in item.nodeid))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Without the marker no engine is found, the host's or our own."""
    with pytest.MonkeyPatch.context() as environment:
        if not item.get_closest_marker(ENGINE):
            environment.setenv("DOCKER_HOST", "unix:///no/engine/for/a/test/without/the/marker")
            environment.setenv(RELEASE_VARIABLE, "none: the test does not ask for the fixture `engine`")
        return (yield)


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
    if file.startswith(TOGETHER):
        return TOGETHER
    if builds := lab_built_by(file):
        return BUILT_WITH[builds]
    lab, _, rest = test.partition("[")[2].rstrip("]").partition("-")
    if file not in BY_LAB or lab not in BUILT_WITH:
        return file
    return f"{BUILT_WITH[lab]} {rest}" if rest in ELSEWHERE else BUILT_WITH[lab]


@cache
def lab_built_by(file: str) -> str | None:
    """The lab that `pytest.mark.builds_lab(...)` in a file's `pytestmark` names.

    It is read, since the process that hands out the tests imports none of them.
    """
    top = ast.parse((ROOT / file).read_bytes()).body
    for word in (word for line in top if isinstance(line, ast.Assign) for word in ast.walk(line)):
        match word:
            case ast.Call(func=ast.Attribute(attr="builds_lab"), args=[ast.Constant(str(lab))]):
                return lab
    return None

"""The engines for the contract of the course: the one that this machine grades with, and a second one.

The second has the older release and the newer image store, so that the two cover both releases and both stores. It
is used as the host's, through DOCKER_HOST, since students use that path. `TEST_ENGINES=every` uses each pair of
a release and a store, `TEST_ENGINES=one` only the engine that this machine grades with.
"""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

import pytest

from checks.edition import FOLDER, VARIABLE, editions, read_edition
from checks.engine import Engine, NoEngine, embedded, find, registry
from checks.engine.embedded.layout import only_one
from checks.engine.embedded.suites import (
    CONTAINERD,
    RELEASE_VARIABLE,
    RELEASES,
    STORE_VARIABLE,
    STORES,
    Choice,
)
from checks.engine.standins import ensure_base
from checks.lab import ROOT, Lab, all_labs
from checks.workbench.running import required_images

os.environ.pop(VARIABLE, None)  # the tests are of the author's course; those of an edition choose theirs
LABS = all_labs()  # read once for all tests, which takes a while

OLDEST = RELEASES[-1]
ENGINES = os.environ.get("TEST_ENGINES")


def labs_of_editions() -> list[Lab]:
    """The labs that each edition changes, as it has them."""
    found = list[Lab]()
    with pytest.MonkeyPatch.context() as environment:
        for name in editions(ROOT):
            environment.setenv(VARIABLE, name)
            changed = read_edition(ROOT / FOLDER / f"{name}.yaml").labs
            found += [lab for lab in all_labs() if lab.id in changed]
    return found


def graded_in_editions() -> list[Lab]:
    """Those of them that are graded on an engine; a Compose project takes long: `make testEngines`."""
    return [lab for lab in labs_of_editions() if ENGINES == "every" or not lab.compose]


@dataclass(frozen=True)
class Where:
    """An engine to grade on, and how it is named: `auto`, or `embedded` or `host` with a choice."""

    engine: str
    choice: Choice = field(default_factory=Choice)

    @property
    def id(self) -> str:
        """For the names of tests."""
        return "_".join(filter(None, (self.engine, self.choice.release, self.choice.store)))

    def environment(self) -> Mapping[str, str]:
        """In which `grade` finds it; it is started, and as a host's has every base image, when this returns."""
        if self.engine == "auto":
            return os.environ
        if self.engine == "embedded":
            chosen = {RELEASE_VARIABLE: self.choice.release, STORE_VARIABLE: self.choice.store}
            return {**os.environ, **chosen}
        return as_hosts(self._started())

    def _started(self) -> Engine:
        try:
            engine = embedded.start(choice=self.choice)
        except NoEngine as none:
            pytest.skip(f"a second engine is not possible here: {none}")
        assert engine.directory
        with only_one(engine.directory / "lent.lock"):
            _lend(find("auto"), engine)
        return engine


def as_hosts(engine: Engine) -> Mapping[str, str]:
    """The environment in which an embedded engine is found as the host's."""
    own = {
        name: engine.environment[name]
        for name in ("DOCKER_HOST", "DOCKER_CONFIG")
        if name in engine.environment
    }
    return {**os.environ, **own, "PATH": f"{engine.cli.parent}:{os.environ['PATH']}"}


AUTO = Where("auto")


def wheres() -> list[Where]:
    """Where solutions and starters are graded."""
    second = Where("host", Choice(OLDEST, CONTAINERD))
    if ENGINES != "every":
        return [AUTO] if ENGINES == "one" else [AUTO, second]
    pairs = (Choice(release, store) for release, store in product(RELEASES, STORES))
    return [second if pair == second.choice else Where("embedded", pair) for pair in pairs]


def _bases() -> list[str]:
    """Every image that a solution builds from or runs, or that its grading needs."""
    solutions = [replace(lab, folder=ROOT / "solutions" / lab.id) for lab in LABS]
    asked = [image.base for lab in solutions for image in lab.images.values()]
    composed = [name for lab in solutions if lab.compose for name in required_images(lab)]
    return sorted({*asked, *composed, registry.IMAGE})


def _lend(owner: Engine, engine: Engine) -> None:
    """Give `engine` the stand-ins that `owner` has made; where these are genuine, it has its own."""
    bases = [ensure_base(owner, name) for name in _bases()]
    if any(base.origin == "genuine" for base in bases):
        for base in bases:
            ensure_base(engine, base.name)
        return
    missing = [base.name for base in bases if _layers(owner, base.name) != _layers(engine, base.name)]
    if missing:
        with tempfile.TemporaryDirectory() as directory:
            archive = Path(directory, "bases.tar")
            owner.run_cli("save", "--output", str(archive), *missing, time_limit_s=600)
            engine.run_cli("load", "--input", str(archive), time_limit_s=600)


def _layers(engine: Engine, name: str) -> list[str]:
    from docker.errors import ImageNotFound

    try:
        return list(engine.client.images.get(name).attrs["RootFS"]["Layers"])
    except ImageNotFound:
        return []

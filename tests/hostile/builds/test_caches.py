"""Cache mounts: each submission has its own, and gets no layer made with another one's."""

import os
import re
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from checks.engine import Engine
from checks.outcomes import Outcome

pytestmark = pytest.mark.builds_lab("lab_env_secrets")

BASE = "FROM python:3.12-slim\n"
# What is in the cache goes into the image, beside something that tells one run of the step from another.
STEP = "cat DIR/note > /seen; echo LEFT >> DIR/note; cat /proc/sys/kernel/random/uuid > /made"
SHARED = {
    "an id": "RUN --mount=type=cache,id=ID,target=DIR STEP",
    "a path": "RUN --mount=type=cache,target=DIR STEP",
    "locked": "RUN --mount=type=cache,target=DIR,sharing=locked STEP",
    "two of them": "RUN --mount=type=cache,target=/other --mount=target=DIR,type=cache STEP",
    "a heredoc": "RUN --mount=type=cache,id=ID,target=DIR <<EOF\nSTEP\nEOF",
    "a variable": "ARG KIND=cache\nRUN --mount=type=$KIND,id=ID,target=DIR STEP",
}
TOLD = "\nRUN echo made=$(cat /made) seen=$(cat /seen); false\n"

Told = tuple[str, str]


@pytest.fixture
def tell(hand_in: Callable[..., Any]) -> Callable[[str, str], Told]:
    """Build the lines as somebody of that name; what was made, and what was seen in the cache."""

    def call(name: str, lines: str) -> Told:
        text = f"{BASE.rstrip()} AS parent\n{lines}{TOLD}# {name}\n"
        check = hand_in("EnvSecrets", {"Dockerfile": text}, name=name).check("builds")
        found = re.search(r"^ *\| made=(\S+) seen=(.*)$", check.actual, re.MULTILINE)
        assert found, check.actual
        return found[1], found[2].strip()

    return call


@pytest.mark.parametrize("lines", SHARED.values(), ids=SHARED)
def test_nobody_finds_what_another_left_nor_a_layer_made_of_it(
    tell: Callable[[str, str], Told], lines: str
) -> None:
    identity = secrets.token_hex(4)
    lines = lines.replace("STEP", STEP).replace("DIR", f"/c{identity}").replace("ID", identity)
    first, seen_first = tell("ada", lines)
    second, seen_second = tell("bob", lines)
    assert first != second
    assert seen_first == seen_second == ""


@pytest.mark.parametrize("directory", ["/root/.cache/pip", "/var/cache/apt", "/root/.cache/pypoetry"])
def test_a_poisoned_cache_of_packages_poisons_its_author_alone(
    tell: Callable[[str, str], Told], directory: str
) -> None:
    poison = secrets.token_hex(8)
    step = STEP.replace("DIR", directory)
    mount = f"RUN --mount=type=cache,target={directory} "
    tell("ada", mount + step.replace("LEFT", poison))
    assert poison not in tell("bob", mount + step + f" # {poison}")[1]


def test_the_same_work_finds_its_own_layers_again(tell: Callable[[str, str], Told]) -> None:
    lines = f"RUN --mount=type=cache,target=/c {STEP.replace('DIR', '/c')} # {secrets.token_hex(4)}"
    assert tell("ada", lines) == tell("ada", lines)


def test_files_without_such_mounts_share_their_layers(tell: Callable[[str, str], Told]) -> None:
    lines = f"RUN mkdir /c; touch /c/note; {STEP.replace('DIR', '/c')} # {secrets.token_hex(4)}"
    assert tell("ada", lines) == tell("bob", lines)


def test_nobody_waits_for_a_lock_that_another_holds(
    engine: Engine, tell: Callable[[str, str], Told], hand_in: Callable[..., Any]
) -> None:
    if engine.directory is None:
        pytest.skip("the sleeper in a build is found among the processes of this machine")
    identity, mount = secrets.token_hex(4), "RUN --mount=type=cache,id=ID,target=/c,sharing=locked "
    asleep = mount.replace("ID", identity) + f"sh -c 'sleep 300; : {identity}'"
    with ThreadPoolExecutor(1) as pool:
        sleeping = pool.submit(hand_in, "EnvSecrets", {"Dockerfile": f"{BASE}{asleep}\n"}, name="ada")
        try:
            while not (sleeping.done() or list(_processes(identity))):
                time.sleep(0.1)
            lines = mount.replace("ID", identity) + STEP.replace("DIR", "/c")
            assert tell("bob", lines)[1] == ""
            assert not sleeping.done()
        finally:
            for process in _processes(identity):
                os.kill(process, signal.SIGKILL)
        assert sleeping.result().check("builds").outcome is Outcome.FAIL


def _processes(mark: str) -> Iterator[int]:
    """Those that a RUN has started with this mark among their words."""
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            words = (directory / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[:2] == [b"sh", b"-c"] and mark.encode() in words[2]:
            yield int(directory.name)

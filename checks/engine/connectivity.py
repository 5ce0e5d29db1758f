"""Test whether a build failed because of the machine: no network, a full disk, or an engine that runs no step.

The output of a student's build proves nothing. It only makes us run a control build of our own from the same base
image, so a forged error costs its author some seconds and gains nothing.
"""

import errno
import os
import re
import secrets
from pathlib import Path

from checks.engine.build import build
from checks.engine.engine import Engine
from checks.engine.errors import EngineError
from checks.engine.events import BuildFailed
from checks.engine.limits import MIB, BuildLimits, LimitHit
from checks.engine.run import Run

# Messages of apt, pip, Poetry, curl and wget when no server answers; an answer, even a 404, does not match.
# `grep -E` reads them, too.
COMPLAINTS = (
    "Temporary failure|Could not resolve|Could not connect|Couldn.t connect|Unable to connect|"
    "Name or service not known|Network is unreachable|No route to host|timed out|NewConnectionError|"
    "All attempts to connect"
)
# Their messages for an overloaded server or a truncated answer, and those of add-apt-repository when Launchpad does
# not answer; seen once, they prove nothing.
STUMBLES = (
    "Connection reset|Connection broken|Connection aborted|IncompleteRead|Hash Sum mismatch|unexpected size|"
    "Remote end closed|EOF occurred|Read timed out|Connection failed|(?:50[0234]|429) +[A-Z]|"
    "(?:HTTP [Ee]rror|returned error:) (?:50[0234]|429)|not enough bytes were received|Undetermined Error|"
    "Cannot add PPA|has no attribute 'people'"
)
LIMITS = BuildLimits(seconds=60)
# `apt-get update` succeeds even if it fetches nothing, with warnings; pip runs only if the base has it.
APT = "apt-get -o Acquire::Retries=0 -o Acquire::http::Timeout=10 update"
# pip reports a dead server only when it retries.
PIP = "pip download --no-deps --no-cache-dir --retries 1 --timeout 10 --dest /tmp/control pip"
CONTROL = f"""\
FROM {{base}}
RUN : {{nonce}}; ! {{{{ {APT}; ! command -v pip || {PIP}; }}}} 2>&1 | grep -E '{COMPLAINTS}'
"""
ROOM_MIB = 64  # free on a disk that is not full
NOTHING = f"""\
FROM {{base}}
RUN : {{nonce}}; head -c {ROOM_MIB * MIB} /dev/zero > /room
"""


def sounds_offline(output: str) -> bool:
    """Whether a build's output is a reason to test the network."""
    return re.search(COMPLAINTS, output) is not None


def sounds_shaky(output: str) -> bool:
    """Whether a build's output is a reason to build once more."""
    return sounds_offline(output) or re.search(STUMBLES, output) is not None


def sounds_full(output: str) -> bool:
    """Whether a build's output is a reason to test for free disk space."""
    return os.strerror(errno.ENOSPC) in output


def is_offline(engine: Engine, run: Run, base: str) -> bool:
    """Whether apt or pip in the base image cannot reach a server; always False for a base with neither."""
    return _fails(engine, run, base, CONTROL)


def is_broken(engine: Engine, run: Run, base: str) -> bool:
    """Whether the engine cannot run even a trivial step, or has no disk space for its output."""
    try:
        return _fails(engine, run, base, NOTHING)
    except EngineError:
        return True


def _fails(engine: Engine, run: Run, base: str, control: str) -> bool:
    with run.scratch() as directory:
        text = control.format(base=base, nonce=secrets.token_hex(8))
        Path(directory, "Dockerfile").write_text(text)
        try:
            build(engine, run, Path(directory), limits=LIMITS)
        except (BuildFailed, LimitHit):
            return True
    return False

"""Whether a build could have reached the outside, or could have been run at all: a mistake, a cable or a full disk.

What a student's build prints is not believed. It only makes us ask the same question ourselves, in a build
of our own, from the same base image: a forged error costs its author some seconds and gains nothing.
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

# What apt, pip, curl and wget say where nobody answers; an answer, be it 404, is no such case.
COMPLAINTS = (
    "Temporary failure|Could not resolve|Could not connect|Unable to connect|Name or service not known|"
    "Network is unreachable|No route to host|timed out|NewConnectionError"
)
# What they say where somebody answers who is overloaded, or whose answer breaks off: once, it means nothing.
STUMBLES = (
    "Connection reset|Connection broken|Connection aborted|IncompleteRead|Hash Sum mismatch|unexpected size|"
    "Remote end closed|EOF occurred|Read timed out|Connection failed|(?:50[0234]|429) +[A-Z]"
)
LIMITS = BuildLimits(seconds=60)
# `apt-get update` succeeds when nothing could be fetched, and complains; pip is asked where the base has it.
APT = "apt-get -o Acquire::Retries=0 -o Acquire::http::Timeout=10 update"
# It says that nobody answers only when it tries again.
PIP = "pip download --no-deps --no-cache-dir --retries 1 --timeout 10 --dest /tmp/control pip"
CONTROL = f"""\
FROM {{base}}
RUN : {{nonce}}; ! {{{{ {APT}; ! command -v pip || {PIP}; }}}} 2>&1 | grep -E '{COMPLAINTS}'
"""
ROOM_MIB = 64  # that an engine has when its disk is not full
NOTHING = f"""\
FROM {{base}}
RUN : {{nonce}}; head -c {ROOM_MIB * MIB} /dev/zero > /room
"""


def sounds_offline(output: str) -> bool:
    """Whether a build's output gives reason to ask."""
    return re.search(COMPLAINTS, output) is not None


def sounds_shaky(output: str) -> bool:
    """Whether a build's output gives reason to build once more, whoever is at fault."""
    return sounds_offline(output) or re.search(STUMBLES, output) is not None


def sounds_full(output: str) -> bool:
    """Whether a build's output gives reason to ask for room."""
    return os.strerror(errno.ENOSPC) in output


def is_offline(engine: Engine, run: Run, base: str) -> bool:
    """Whether apt or pip, in the base image itself, reaches nobody; a base with neither cannot tell."""
    return _fails(engine, run, base, CONTROL)


def is_broken(engine: Engine, run: Run, base: str) -> bool:
    """Whether the engine cannot even run a step that does next to nothing, or has no room for what it writes."""
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

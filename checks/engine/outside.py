"""Whether a build could have reached the outside: the difference between a mistake and a cable.

What a student's build prints is not believed. It only makes us ask the same question ourselves, in a build
of our own, from the same base image: a forged error costs its author some seconds and gains nothing.
"""

import re
import secrets
from pathlib import Path

from checks.engine.build import build
from checks.engine.engine import Engine
from checks.engine.events import BuildFailed
from checks.engine.limits import BuildLimits, LimitHit
from checks.engine.ownership import Run

# What apt, pip, curl and wget say where nobody answers; an answer, be it 404, is no such case.
COMPLAINTS = (
    "Temporary failure|Could not resolve|Could not connect|Unable to connect|Name or service not known|"
    "Network is unreachable|No route to host|timed out|NewConnectionError"
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


def sounds_offline(output: str) -> bool:
    """Whether a build's output gives reason to ask."""
    return re.search(COMPLAINTS, output) is not None


def is_offline(engine: Engine, run: Run, base: str) -> bool:
    """Whether apt or pip, in the base image itself, reaches nobody; a base with neither cannot tell."""
    with run.scratch() as directory:
        text = CONTROL.format(base=base, nonce=secrets.token_hex(8))
        Path(directory, "Dockerfile").write_text(text)
        try:
            build(engine, run, Path(directory), limits=LIMITS)
        except (BuildFailed, LimitHit):
            return True
    return False

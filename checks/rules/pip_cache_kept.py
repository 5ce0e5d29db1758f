"""pip leaves its cache in the image.

pip keeps what it downloads, so that the next install is quicker. In an image there is no next install: the
cache is a second copy of every package, carried along for nothing. To delete it in a later `RUN` is no help:
the layer below keeps it.

    # bad
    FROM python:3.12-slim
    RUN pip install flask==3.0.3

    # bad
    FROM python:3.12-slim
    RUN pip install flask==3.0.3
    RUN rm -rf /root/.cache/pip

    # good
    FROM python:3.12-slim
    RUN pip install --no-cache-dir flask==3.0.3

    # good
    FROM python:3.12-slim
    RUN --mount=type=cache,target=/root/.cache/pip pip install flask==3.0.3
"""

from collections.abc import Iterator

from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.deletions import is_cleared
from checks.parsing.packages.installer_config import keeping_cache
from checks.rules.rule import Finding, rule


@rule(Stage, help="Add --no-cache-dir to every pip install.")
def pip_cache_kept(stage: Stage) -> Iterator[Finding]:
    """Ask every pip install whether it keeps a cache, and its RUN whether that is gone in the end."""
    for step in keeping_cache(stage):
        if step.may_cache and not is_cleared(step.run, step.cache, step.pip.command):
            yield Finding(step.line, f"`{step.pip.command}` leaves its cache in {step.cache}")

"""pip leaves its cache in the image.

pip caches its downloads so that the next install is faster. A finished image needs no next install, so the cache
is a useless second copy of every package. Deleting it in a later `RUN` does not help: the layer below keeps it.

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
    """Yield every `pip install` that keeps a cache, unless its RUN deletes the cache or mounts over it."""
    for step in keeping_cache(stage):
        if step.may_cache and not is_cleared(step.run, step.cache, step.pip.command):
            yield Finding(step.line, f"`{step.pip.command}` leaves its cache in {step.cache}")

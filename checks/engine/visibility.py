"""Whether an engine sees a folder of this machine: Colima and Docker Desktop run it in a virtual machine.

Where that shares only some folders, a container would find an empty one in the place of what is mounted, and the
student would be told that a file is missing.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checks.engine.engine import Engine
    from checks.engine.run import Run

WHAT_TO_DO = (
    "set TMPDIR to a folder below your home, which Colima and Docker Desktop share, or share that one "
    "(Docker Desktop: Settings, Resources, File sharing)"
)


def sees(engine: "Engine", run: "Run", image: str, folder: Path) -> bool:
    """Whether a container could mount `folder`: the engine looks for the source when it makes one.

    Nothing is started; `image` is any that is there.
    """
    from docker.errors import APIError
    from docker.types import Mount

    mounts = [Mount("/seen", str(folder), type="bind", read_only=True)]
    try:
        made = engine.client.containers.create(image, ["seen"], mounts=mounts, labels=run.labels)
    except APIError as refused:
        if "mount" in str(refused.explanation).lower():  # "invalid mount config", "Mounts denied"
            return False
        raise
    made.remove(force=True)
    return True

"""Empty a folder that containers have written to as users whom this one may not touch: root, most often."""

from pathlib import Path

from checks.engine.engine import Engine
from checks.engine.run import Run


def empty(engine: Engine, run: Run, image: str, folder: Path) -> None:
    """Delete all that is in it, through the engine, where everything may be; `image` is a base image of ours."""
    engine.client.containers.run(
        image,
        ["find", "/folder", "-mindepth", "1", "-delete"],
        entrypoint=[],
        volumes=[f"{folder}:/folder"],
        network_mode="none",
        user="0",
        remove=True,
        labels=run.labels,
        mem_limit="256m",
    )

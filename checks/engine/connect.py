"""Find the engine to grade with: the host's if it will do, else the embedded one, else say why not."""

from collections.abc import Callable
from typing import Literal

from checks.engine import embedded
from checks.engine.engine import Engine
from checks.engine.errors import NoEngine
from checks.engine.host import host_engine

Choice = Literal["auto", "host", "embedded"]


def find(kind: Choice = "auto", progress: Callable[[str], None] = lambda _: None) -> Engine:
    """A running engine; NoEngine says what to start, EngineError that the embedded one failed to.

    `progress` is told one short sentence for each thing that takes longer.
    """
    if kind == "embedded":
        return embedded.start(progress=progress)
    try:
        return host_engine()
    except NoEngine as host:
        if kind == "host":
            raise
        return _embedded_instead(str(host), progress)


def _embedded_instead(host: str, progress: Callable[[str], None]) -> Engine:
    try:
        return embedded.start(progress=progress)
    except NoEngine as error:
        raise NoEngine(f"{host} (The embedded engine cannot be used: {error})") from error

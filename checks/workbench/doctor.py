"""The first-run check: what the course needs of this machine, each with what was found and what to do."""

import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from checks.engine import embedded
from checks.engine.connect import find, host_engine
from checks.engine.engine import Engine, store_of
from checks.engine.errors import EngineError, NoEngine, is_engine_error
from checks.lab import ROOT

State = Literal["ok", "look", "bad"]
PYTHON = (3, 11)
GIGA = 10**9
DISK_GB, DISK_NEEDED_GB = 10.0, 3.0  # for the bases and the images of all labs; for one lab
DRIFT_SECONDS = 60.0
PROXY_SECONDS = 5.0
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY")
STORES = ("containerd", "overlay2", "fuse-overlayfs", "overlayfs")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at: `bad` if the course cannot work like that, `look` if some of it cannot."""

    what: str
    state: State
    found: str
    todo: str = ""


def examine(image: str, root: Path = ROOT) -> Iterator[Diagnosis]:
    """Look at one thing after the other; `image` is a base image that a lab needs."""
    yield python(sys.version_info[:3])
    yield disk("disk for the course", root)
    yield disk("disk for temporary files", Path(tempfile.gettempdir()))
    yield proxy(os.environ)
    try:
        engine = _engine()
    except (NoEngine, EngineError) as missing:
        todo = f"The static checks work without one. {embedded.status()}"
        yield Diagnosis("Docker", "bad", str(missing), todo)
        return
    yield Diagnosis("Docker", "ok", f"{engine.kind} engine {engine.version} at {engine.docker_host}")
    for what, ask in _questions(engine, image).items():
        try:
            yield ask()
        except Exception as error:
            if not is_engine_error(error):
                raise
            todo = "Does Docker still run? Restart it, and try again."
            yield Diagnosis(what, "bad", f"the engine does not say: {error}", todo)


def _engine() -> Engine:
    """Return the host's engine, or the embedded one if that runs already; raise `NoEngine`."""
    try:
        return host_engine()
    except NoEngine:
        if embedded.is_running():
            return find("embedded")
        raise


def _questions(engine: Engine, image: str) -> Mapping[str, Callable[[], Diagnosis]]:
    return {
        "buildx": partial(plugin, engine, "buildx", ("buildx", "version")),
        "Compose": partial(plugin, engine, "Compose", ("compose", "version", "--short")),
        "image store": lambda: store(store_of(engine)),
        "engine's proxy": lambda: engine_proxy(os.environ, engine.client.info()),
        "registry": partial(registry, engine, image),
        "clock": lambda: clock(str(engine.client.info()["SystemTime"]), time.time()),
    }


def python(version: Sequence[int]) -> Diagnosis:
    """Judge the version of Python that runs this."""
    found = ".".join(map(str, version))
    if tuple(version) >= PYTHON:
        return Diagnosis("Python", "ok", found)
    needed = ".".join(map(str, PYTHON))
    return Diagnosis(
        "Python", "bad", found, f"Install {needed} or newer, then `make clean install PYTHON=...`."
    )


def disk(what: str, folder: Path) -> Diagnosis:
    """Judge the space that is free where a folder is."""
    free = shutil.disk_usage(folder).free / GIGA
    state: State = "ok" if free >= DISK_GB else "look" if free >= DISK_NEEDED_GB else "bad"
    todo = "Make room: `docker system df` says what Docker holds, `docker builder prune` empties its cache."
    return Diagnosis(what, state, f"{free:.0f} GB free", "" if state == "ok" else todo)


def proxy(environment: Mapping[str, str]) -> Diagnosis:
    """Try whether the proxy that this shell names answers."""
    named = _proxies(environment)
    for address in named.values():
        parts = urlsplit(address if "://" in address else f"//{address}")
        try:
            socket.create_connection((parts.hostname or "", parts.port or 80), PROXY_SECONDS).close()
        except (OSError, ValueError) as error:
            todo = "Correct the variable, or unset it if you are at home."
            return Diagnosis("proxy", "look", f"{' and '.join(named)}: it does not answer ({error})", todo)
    return Diagnosis("proxy", "ok", f"{' and '.join(named)} answers" if named else "none is set")


def engine_proxy(environment: Mapping[str, str], info: Mapping[str, object]) -> Diagnosis:
    """Judge whether the engine has a proxy if this shell has one: it is the engine that fetches images."""
    engines = info.get("HttpProxy") or info.get("HttpsProxy")
    if _proxies(environment) and not engines:
        todo = "Docker Desktop: Settings, Resources, Proxies; Docker Engine: `proxies` in daemon.json."
        return Diagnosis("engine's proxy", "look", "this shell has a proxy, and the engine has none", todo)
    return Diagnosis("engine's proxy", "ok", "it has one" if engines else "none is set")


def _proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that name a proxy, in either case."""
    given = {name: environment.get(name) or environment.get(name.lower()) for name in PROXIES}
    return {name: value for name, value in given.items() if value}


def plugin(engine: Engine, what: str, question: tuple[str, ...]) -> Diagnosis:
    """Ask a plugin of the docker program for its version."""
    try:
        return Diagnosis(what, "ok", engine.run_cli(*question).stdout.strip().split("\n")[0])
    except EngineError as error:
        return Diagnosis(what, "bad", str(error), f"Update Docker, or install the {question[0]} plugin.")


def store(name: str) -> Diagnosis:
    """Judge the image store."""
    if name in STORES:
        return Diagnosis("image store", "ok", name)
    todo = "It works, and may be slow and large: the engine's own choice is overlay2 or containerd's store."
    return Diagnosis("image store", "look", name, todo)


def registry(engine: Engine, image: str) -> Diagnosis:
    """Ask the registry for a base image, without fetching it."""
    from docker.errors import APIError

    try:
        engine.client.api.inspect_distribution(image)  # type: ignore[no-untyped-call]  # its stubs lack it
    except APIError as refused:
        todo = "Is the machine online, and the proxy right? What is here still works; stand-ins replace the rest."
        return Diagnosis("registry", "look", f"it does not give {image}: {refused.explanation}", todo)
    return Diagnosis("registry", "ok", f"it has {image}")


def clock(engines: str, ours: float) -> Diagnosis:
    """Compare the engine's time, in ISO 8601, with this machine's, in seconds since the epoch."""
    drift = datetime.fromisoformat(engines).timestamp() - ours
    if abs(drift) <= DRIFT_SECONDS:
        return Diagnosis("clock", "ok", "the engine's is that of this machine")
    todo = "Restart Docker (after a sleep its virtual machine may lag): apt refuses what is signed in the future."
    return Diagnosis("clock", "look", f"the engine's is off by {drift:.0f} s", todo)

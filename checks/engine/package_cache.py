"""A cache of Debian's and Ubuntu's packages, which all builds on an engine share: squid, in a container.

Builds fetch packages by plain HTTP, and apt checks their signatures: so they can be kept, and nobody can put
another one in their place. What comes by HTTPS, as pip's do, passes by. Builds are told of it by BuildKit's
predefined argument `http_proxy`, which is in no image and no cache key (docs.docker.com, "Predefined ARGs").

It is a container on the network of builds: what they cannot reach, it cannot reach for them.
"""

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Final

from checks.engine.embedded.addresses import Endpoint
from checks.engine.embedded.layout import layout
from checks.engine.embedded.network import keep_builds_from, let_builds_reach
from checks.engine.engine import Engine
from checks.engine.errors import EngineError
from checks.engine.retry import Patience

if TYPE_CHECKING:
    from docker.models.containers import Container

IMAGE: Final = "ubuntu/squid:latest"
NAME: Final = "graded-lab-packages"  # of the container, and of the volume
PORT: Final = 3128
USER: Final = "proxy"  # Debian's and Ubuntu's name for it
KEPT_MB: Final = 4096
MEMORY: Final = "512m"
PROCESSES: Final = 64
READY_LIMIT_S: Final = 30.0
POLL_S: Final = 0.1
READY: Final = b"Accepting HTTP Socket connections"  # squid's word, once it listens
DAYS_IN_MINUTES: Final = 90 * 24 * 60  # a package never changes under its name
# Only what apt verifies is kept. `X-Cache` in an answer says whether it was.
SETTINGS: Final = f"""\
visible_hostname {NAME}
http_port {PORT}
acl plain port 80
acl tunnel method CONNECT
acl packages urlpath_regex \\.deb$
acl lists urlpath_regex /dists/
http_access deny manager
http_access deny to_localhost
http_access deny tunnel
http_access deny !plain
http_access allow all
cache deny !packages !lists
cache_dir ufs /var/spool/squid {KEPT_MB} 16 256
cache_mem 64 MB
maximum_object_size 1 GB
refresh_pattern \\.deb$ {DAYS_IN_MINUTES} 100% {DAYS_IN_MINUTES}
refresh_pattern . 0 0% 0
access_log none
cache_log /dev/stderr
pid_filename none
shutdown_lifetime 1 seconds
"""
SCRIPT: Final = 'printf %s "$SETTINGS" > /tmp/conf && squid -N -z -f /tmp/conf && exec squid -N -f /tmp/conf'


def start(engine: Engine, image: str) -> str:
    """Start the cache from `image`, the id of a local `IMAGE`, unless it runs; return its address.

    Raises EngineError with its last words if it does not start.
    """
    from docker.errors import APIError

    if (running := proxy_of(engine)) is not None:
        return running
    try:
        stop(engine)
        container = _run(engine, image)
    except APIError as refused:
        raise EngineError(("docker", "run", IMAGE), 1, str(refused.explanation or refused)) from refused
    _await(container)
    if engine.directory is not None:
        let_builds_reach(layout(engine.directory), [_endpoint(container)])
    return _url(_endpoint(container))


def _run(engine: Engine, image: str) -> "Container":
    container = engine.client.containers.create(
        image,
        entrypoint=["sh", "-c", SCRIPT],
        environment={"SETTINGS": SETTINGS},
        name=NAME,
        user=USER,
        read_only=True,
        tmpfs={"/tmp": "size=16m,mode=1777"},  # noqa: S108 - in the container
        volumes=[f"{NAME}:/var/spool/squid"],
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        mem_limit=MEMORY,
        pids_limit=PROCESSES,
    )
    container.start()
    return container


def stop(engine: Engine) -> bool:
    """Remove the cache's container, and keep its packages; return whether there was one."""
    found = _found(engine, every=True)
    if found is None:
        return False
    if engine.directory is not None and found.status == "running":
        keep_builds_from(layout(engine.directory), [_endpoint(found)])
    found.remove(force=True)
    return True


def proxy_of(engine: Engine) -> str | None:
    """Return the address of the engine's cache, `http://address:port`; None if none runs."""
    found = _found(engine)
    return _url(_endpoint(found)) if found else None


def build_arguments(engine: Engine) -> Mapping[str, str]:
    """Return the arguments by which a build uses the cache; none if none runs, or the engine does not answer.

    A build on a lost engine then tells that it is lost. A cache that ends meanwhile has no address any more.
    """
    from docker.errors import APIError
    from requests.exceptions import RequestException

    proxy = None
    with suppress(APIError, RequestException, ValueError):
        proxy = proxy_of(engine)
    return {"http_proxy": proxy, "no_proxy": "localhost,127.0.0.1"} if proxy else {}


def other_proxy() -> bool:
    """Whether the environment names a proxy, which the cache would replace."""
    return bool(os.environ.get("http_proxy") or os.environ.get("HTTP_PROXY"))


def _found(engine: Engine, *, every: bool = False) -> "Container | None":
    found = engine.client.containers.list(all=every, filters={"name": f"^/{NAME}$"})
    return found[0] if found else None


def _endpoint(container: "Container") -> Endpoint:
    container.reload()
    networks = container.attrs["NetworkSettings"]["Networks"]
    return Endpoint(IPv4Address(networks["bridge"]["IPAddress"]), "tcp", PORT)


def _url(endpoint: Endpoint) -> str:
    return f"http://{endpoint.address}:{endpoint.port}"


def _await(container: "Container") -> None:
    patience = Patience(READY_LIMIT_S)
    while READY not in (said := container.logs()):
        container.reload()
        if container.status == "exited" or patience.is_over:
            said = container.logs()  # with its last words
            container.remove(force=True)
            raise EngineError(("docker", "run", IMAGE), 1, said[-2000:].decode("utf-8", "replace"))
        time.sleep(POLL_S)

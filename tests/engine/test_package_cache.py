"""The cache of packages: builds get packages from it, nothing else goes through it, and no image knows of it.

Each test's cache has a name of its own, so that builds of other workers know nothing of it.
"""

import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docker.errors import NotFound

from checks.commands.status import WRONG_USAGE
from checks.engine import Engine, package_cache
from checks.engine.build import build
from checks.engine.errors import EngineError
from checks.engine.events import BuildFailed
from checks.engine.run import Run
from checks.engine.standins import ensure_base
from checks.lab import ROOT

# Shows what the cache says of a URL; a refusal by its status.
ASK = """RUN python3 - <<'EOF'
import os, sys, urllib.error, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({{"http": os.environ["http_proxy"]}}))
for url in {urls}:
    try:
        with opener.open(url, timeout=20) as answer:
            print("came", answer.status, answer.headers["X-Cache"])
    except urllib.error.HTTPError as refused:
        print("refused", refused.code)
    except OSError as error:
        print("nothing", error)
sys.exit(7)
EOF
"""
TUNNEL = """RUN python3 - <<'EOF'
import http.client, os, sys
connection = http.client.HTTPConnection(os.environ["http_proxy"].removeprefix("http://"))
connection.request("CONNECT", "example.org:443")
print("tunnel", connection.getresponse().status)
sys.exit(7)
EOF
"""
PACKAGE = "RUN apt-get -q update && apt-get --print-uris download bc > /uris && apt-get -q download bc\n"
OF_PACKAGE = "[open('/uris').read().split(chr(39))[1]]"


@pytest.fixture
def image(engine: Engine) -> str:
    """The image that the cache runs in."""
    return ensure_base(engine, package_cache.IMAGE).image_id


@pytest.fixture
def start(engine: Engine, image: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Starts a cache that only builds of this process know; returns its address."""
    name = f"graded-lab-test-{secrets.token_hex(4)}"
    monkeypatch.setattr(package_cache, "NAME", name)
    try:
        yield lambda: package_cache.start(engine, image)
    finally:
        package_cache.stop(engine)
        engine.client.volumes.get(name).remove()


@pytest.fixture
def says(engine: Engine, run: Run, python: str, tmp_path: Path) -> Callable[..., str]:
    """What the last step of a build says; every such step fails."""

    def call(*steps: str) -> str:
        (tmp_path / "Dockerfile").write_text(f"FROM {python}\nRUN : {secrets.token_hex(8)}\n{''.join(steps)}")
        with pytest.raises(BuildFailed) as failed:
            build(engine, run, tmp_path)
        return failed.value.output

    return call


def test_a_package_is_fetched_once(start: Callable[[], str], says: Callable[..., str]) -> None:
    start()
    for _ in range(2):  # each build anew
        said = says(PACKAGE, ASK.format(urls=OF_PACKAGE))
    if "refused" in said:
        pytest.skip("the mirror of this machine is not one of plain HTTP")
    assert "came 200 HIT" in said


def test_nothing_but_plain_http_goes_through_it(start: Callable[[], str], says: Callable[..., str]) -> None:
    address = start()
    manager = f"{address}/squid-internal-mgr/info"
    urls = [address.replace(str(package_cache.PORT), "8080"), manager, "http://127.0.0.2/"]
    assert says(ASK.format(urls=urls)).split() == ["refused", "403"] * 3
    assert "tunnel 403" in says(TUNNEL)


def test_it_is_in_no_image_and_no_cache_key(
    engine: Engine, run: Run, python: str, start: Callable[[], str], tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM {python}\nRUN date +%N > /made # {secrets.token_hex(8)}\n")
    before = engine.client.images.get(build(engine, run, tmp_path))
    address = start()
    after = engine.client.images.get(build(engine, run, tmp_path))
    assert before.attrs["RootFS"] == after.attrs["RootFS"]
    assert address not in str(after.attrs) + str(after.history())


def test_it_starts_once_and_stops_once(engine: Engine, start: Callable[[], str]) -> None:
    address = start()
    assert start() == package_cache.proxy_of(engine) == address
    assert package_cache.build_arguments(engine)["http_proxy"] == address
    assert [package_cache.stop(engine), package_cache.stop(engine)] == [True, False]
    assert package_cache.build_arguments(engine) == {}


def test_one_that_ends_meanwhile_is_none(
    engine: Engine, start: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is listed as running still; by the next question it has no address."""
    start()
    listed = engine.client.containers.list(filters={"name": package_cache.NAME})
    listed[0].stop(timeout=1)
    with monkeypatch.context() as question:
        question.setattr(package_cache, "_found", lambda _: listed[0])
        assert package_cache.build_arguments(engine) == {}


def test_one_that_does_not_start_says_why(
    engine: Engine, debian: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package_cache, "NAME", f"graded-lab-test-{secrets.token_hex(4)}")
    with pytest.raises(EngineError, match="squid: not found"):
        package_cache.start(engine, debian)
    with pytest.raises(NotFound):
        engine.client.containers.get(package_cache.NAME)
    engine.client.volumes.get(package_cache.NAME).remove()


def test_beside_another_proxy_it_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "checks", "package-cache", "start"],
        cwd=ROOT,
        env={"http_proxy": "http://user:secret@proxy.example:3128"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == WRONG_USAGE
    assert "`http_proxy` names" in done.stderr
    assert "secret" not in done.stderr

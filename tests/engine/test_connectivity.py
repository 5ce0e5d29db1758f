"""A build that failed because the network is away is distinguished from one that failed by itself."""

import contextlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.engine import Engine, EngineError, embedded
from checks.engine.build import build
from checks.engine.connectivity import is_broken, is_offline, sounds_full, sounds_offline, sounds_shaky
from checks.engine.embedded.layout import Layout
from checks.engine.events import BuildFailed
from checks.engine.run import Run

NOBODY = "http://127.0.0.1:9"  # the discard port: nobody listens


@pytest.mark.parametrize(
    "output",
    [
        "W: Failed to fetch http://a/b  Could not connect to a:80 (127.0.0.1)",
        "Temporary failure resolving 'a'",
        "WARNING: Retrying after connection broken by 'NewConnectionError(...)': /simple/fastapi/",
        "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPConnectionPool: Read timed out.",
        "curl: (6) Could not resolve host: a",
        "curl: (7) Failed to connect to a port 443 after 0 ms: Couldn't connect to server",
        "All attempts to connect to a failed.",
    ],
)
def test_reason_to_ask(output: str) -> None:
    assert sounds_offline(output)


@pytest.mark.parametrize(
    "output",
    [
        "E: Failed to fetch http://a/b  502  Bad Gateway [IP: 192.0.2.1 80]",
        "E: Failed to fetch http://a/b  Hash Sum mismatch",
        "E: Failed to fetch http://a/b  File has unexpected size (1 != 2). Mirror sync in progress?",
        "pip._vendor.urllib3.exceptions.ProtocolError: ('Connection broken: IncompleteRead(1 bytes read)')",
        "requests.exceptions.ConnectionError: ('Connection aborted.', ConnectionResetError(104))",
        "curl: (56) Recv failure: Connection reset by peer",
        "curl: (22) The requested URL returned error: 503",
        "ERROR: HTTP error 503 while getting https://a/b.whl",
        "lazr.restfulclient.errors.ServerError: HTTP Error 503: Service Unavailable",
        "error: incomplete-download\nDownload failed because not enough bytes were received (1 kB/2 kB)",
        "E: Failed to fetch http://a/b  Undetermined Error [IP: 192.0.2.1 80]",
        "Cannot add PPA: 'ppa:~deadsnakes/ubuntu/ppa'.\nERROR: '~deadsnakes' user or team does not exist.",
        "AttributeError: 'NoneType' object has no attribute 'people'",
    ],
)
def test_reason_to_build_once_more(output: str) -> None:
    assert sounds_shaky(output)
    assert not sounds_offline(output)


@pytest.mark.parametrize(
    "output",
    [
        "E: Unable to locate package fastapi",
        "ERROR: No matching distribution found for fastapi==99",
        "E: Failed to fetch http://a/b  404  Not Found",
        "curl: (22) The requested URL returned error: 404",
        "ERROR: HTTP error 404 while getting https://a/b.whl",
        "",
    ],
)
def test_no_reason_to_ask(output: str) -> None:
    assert not sounds_shaky(output)


def test_the_network_is_there(engine: Engine, run: Run, python: str) -> None:
    assert not is_offline(engine, run, python)


@pytest.mark.parametrize(
    "spoilt",
    [
        f"ENV PIP_INDEX_URL={NOBODY}/simple",
        f"RUN rm -rf /etc/apt/sources.list.d; echo 'deb {NOBODY}/debian stable main' > /etc/apt/sources.list",
    ],
    ids=["pip", "apt"],
)
def test_nobody_answers(spoil: Callable[[str], str], engine: Engine, run: Run, spoilt: str) -> None:
    """One of the two is enough: a student's build may have asked just that one."""
    assert is_offline(engine, run, spoil(spoilt))


def test_a_base_with_neither_cannot_tell(spoil: Callable[[str], str], engine: Engine, run: Run) -> None:
    assert not is_offline(engine, run, spoil("RUN rm -f /usr/bin/apt-get $(which -a pip)"))


def test_there_is_room(engine: Engine, run: Run, debian: str) -> None:
    assert not is_broken(engine, run, debian)


def test_a_full_disk(spare: Layout, saved_base: Path, tmp_path: Path, run: Run) -> None:
    """A step that fills it pays for that; where something else does, nobody can build."""
    engine = embedded.start(spare.directory)
    layers = spare.data / "overlay2"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700m", "tmpfs", layers], check=True)
    (layers / "l").mkdir()
    engine.run_cli("load", "--input", str(saved_base))
    (tmp_path / "Dockerfile").write_text("FROM debian:bookworm\nRUN head -c 2G /dev/zero > /f\n")
    with pytest.raises(BuildFailed) as failed:
        build(engine, run, tmp_path)
    assert sounds_full(failed.value.output)
    assert not is_broken(engine, run, "debian:bookworm")  # what the step wrote is gone with it
    _fill(layers / "rest")
    assert is_broken(engine, run, "debian:bookworm")
    with pytest.raises(EngineError, match="no space left on device"):
        build(engine, run, tmp_path)


def _fill(file: Path) -> None:
    """Write until there is no room."""
    with contextlib.suppress(OSError), file.open("wb") as written:
        while True:
            written.write(bytes(1 << 20))


@pytest.fixture
def spoil(engine: Engine, run: Run, python: str, tmp_path: Path) -> Callable[[str], str]:
    """Make an image of a base and one more instruction; its name."""

    def make(instruction: str) -> str:
        (tmp_path / "Dockerfile").write_text(f"FROM {python}\n{instruction}\n")
        engine.run_cli("tag", build(engine, run, tmp_path), f"{run.name}:spoilt")
        return f"{run.name}:spoilt"

    return make

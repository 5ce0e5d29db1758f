"""Reading an image from the embedded engine's store gives the same result as `docker save`, on both stores."""

import io
import json
import os
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.engine import Engine, NoEngine, embedded, find
from checks.engine.build import build
from checks.engine.embedded.suites import CONTAINERD, Choice
from checks.engine.reaper import remove
from checks.engine.run import Run, running
from checks.engine.standins import ensure_base
from checks.evidence.image.canaries import plant
from checks.evidence.image.image import read_image, read_kept
from checks.evidence.image.kept import kept
from tests.engines import OLDEST

RUNS = """\
RUN mkdir -p /deep/er && echo 1 > /deep/one && ln /deep/one /deep/er/hard && ln -s /etc/passwd /deep/soft
RUN rm /deep/one && rm -r /deep/er && mkdir /deep/er && echo 2 > /deep/er/two
RUN truncate -s 5M /sparse && mkfifo /pipe && touch "$(printf '/not-\\377-text')" /$(printf %0200d 1)
RUN rm -r /deep
"""


@pytest.fixture(params=["older store", "containerd's store"])
def where(request: pytest.FixtureRequest, engine: Engine) -> Engine:  # noqa: ARG001 - one is there
    """The embedded engine of this project, and the older release with the newer store."""
    try:
        chosen = None if request.param == "older store" else Choice(OLDEST, CONTAINERD)
        return embedded.start(choice=chosen) if chosen else find("embedded")
    except NoEngine as why:
        pytest.skip(f"the embedded engine is not possible here: {why}")


@pytest.fixture
def run(where: Engine) -> Iterator[Run]:
    with running(Run()) as run:
        yield run
        remove(where, run)


def test_the_same_as_docker_save(where: Engine, run: Run, tmp_path: Path) -> None:
    secret, elsewhere = plant(["a", "b"])
    base = ensure_base(where, "debian:bookworm").name if where.directory == find("auto").directory else ""
    (tmp_path / "Dockerfile").write_text(
        f"FROM {base or 'scratch'}\nLABEL a=b\n{RUNS if base else ''}COPY large /\nCOPY files /f\nWORKDIR /w\n"
    )
    (tmp_path / "files").mkdir()
    (tmp_path / "files/secret").write_bytes(b"x" * 300_000 + secret.value)
    (tmp_path / "large").write_bytes(os.urandom(700_000))
    name = build(where, run, tmp_path)
    found = kept(where, name)
    assert found
    known = [layer.diff_id for layer in found.layers[:1]]
    read = read_kept(found, base_layers=known, canaries=(secret, elsewhere))
    assert read == read_image(
        where.client.api.get_image(name), base_layers=known, canaries=(secret, elsewhere)
    )
    assert len(read.layers) == len(found.layers) >= 3
    assert [match.path for match in read.matches] == ["/f/secret"]
    older = read_kept(found, canaries=(secret,), planted_at=time.time() + 3600)
    assert not older.matches, "what was there before the canary cannot carry it, and is not searched"
    assert older.layers == read.layers


def test_what_the_grader_builds_is_stored_unpacked(where: Engine, run: Run, tmp_path: Path) -> None:
    """No reader has to unpack it, and containerd's store did not have to pack it."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY text /\n")
    (tmp_path / "text").write_text("again and again\n" * 100_000)
    where.run_cli("save", "--output", str(tmp_path / "image.tar"), build(where, run, tmp_path))
    with tarfile.open(tmp_path / "image.tar") as image:
        (entry,) = json.load(image.extractfile("manifest.json") or io.BytesIO())
        (layer,) = (image.extractfile(name) for name in entry["Layers"])
        assert layer
        with tarfile.open(fileobj=layer, mode="r:") as files:
            assert files.getnames() == ["text"]


def test_the_hosts_engine_is_asked_for_its_archive(where: Engine) -> None:
    host = Engine("host", where.version, where.docker_host, where.cli, where.environment)
    assert kept(host, "scratch") is None

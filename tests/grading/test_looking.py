"""An image stream that breaks off is the fault of the engine or the network, and is retried."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docker import APIClient
from requests.exceptions import ChunkedEncodingError

from checks.engine import Engine, EngineError
from checks.engine.build import build
from checks.engine.reaper import remove
from checks.engine.run import Run, running
from checks.engine.standins import ensure_base
from checks.evidence.image.built import Built
from checks.evidence.image.kept import Kept, KeptLayer
from checks.grading.canary_files import CanaryFiles
from checks.grading.looking import look_into

NOTHING = CanaryFiles({}, None, ())
Break = Callable[[Iterator[bytes]], Iterator[bytes]]


@pytest.fixture
def built(engine: Engine, tmp_path: Path) -> Iterator[Built]:
    base = ensure_base(engine, "debian:bookworm").name
    (tmp_path / "Dockerfile").write_text(f"FROM {base}\nRUN echo > /own\n")
    with running(Run()) as run:
        yield Built.of(engine, build(engine, run, tmp_path), ())
        remove(engine, run)


def _ends(stream: Iterator[bytes]) -> Iterator[bytes]:
    yield next(stream)


def _fails(stream: Iterator[bytes]) -> Iterator[bytes]:
    yield next(stream)
    raise ChunkedEncodingError("connection broken")


@pytest.mark.parametrize("broken", [_ends, _fails])
@pytest.mark.parametrize("times", [1, 3])
def test_a_stream_that_breaks_off(
    engine: Engine, built: Built, monkeypatch: pytest.MonkeyPatch, broken: Break, times: int
) -> None:
    real, left = type(engine.client.api).get_image, [broken] * times

    def get_image(api: APIClient, image: str) -> Iterator[bytes]:
        stream = real(api, image)
        return left.pop()(iter(stream)) if left else stream

    monkeypatch.setattr(type(engine.client.api), "get_image", get_image)
    monkeypatch.setattr("checks.grading.looking.kept", lambda *_: None)  # as of an engine that is not ours
    if times == 1:
        assert len(look_into(engine, built, NOTHING, "lab/Dockerfile").layers) == len(built.layers)
    else:
        with pytest.raises(EngineError):
            look_into(engine, built, NOTHING, "lab/Dockerfile")


def test_a_layer_that_is_gone_is_no_fault_of_the_image(
    engine: Engine, built: Built, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = json.dumps({"rootfs": {"type": "layers", "diff_ids": ["sha256:1"]}}).encode()
    (tmp_path / "gone.json.gz").touch()
    gone = Kept(config, (KeptLayer("sha256:1", tmp_path / "gone.json.gz", tmp_path),))
    (tmp_path / "gone.json.gz").unlink()
    monkeypatch.setattr("checks.grading.looking.kept", lambda *_: gone)
    with pytest.raises(EngineError, match=r"gone\.json\.gz"):
        look_into(engine, built, NOTHING, "lab/Dockerfile")

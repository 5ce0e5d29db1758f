"""Sources that BuildKit would fetch from the grading machine's network are refused, and never requested."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checks.engine import Engine
from checks.engine.build import build
from checks.engine.events import BuildFailed
from checks.engine.reaper import remove
from checks.engine.run import Run, running
from checks.engine.standins import ensure_base
from checks.lab import ROOT
from checks.outcomes import Outcome

pytestmark = pytest.mark.builds_lab("lab_env_secrets")

SOLUTION = (ROOT / "solutions" / "lab_env_secrets" / "Dockerfile").read_text()
HERE = "http://127.0.0.1:{port}/x"
ADDS = {
    "plain": f"ADD {HERE} /x",
    "by name": "ADD http://localhost:{port}/x /x",
    "with a checksum": f"ADD --checksum=sha256:{'0' * 64} {HERE} /x",
    "in JSON form": f'ADD ["{HERE}", "/x"]',
    "a repository of git": "ADD http://127.0.0.1:{port}/x.git#main /x",
    "git with a scheme in capitals": "ADD HTTP://127.0.0.1:{port}/x.git /x",
    "git with a scheme in capitals and in code": "ADD HTTP://127.0.0.1:{port}/x%2egit#main /x",
    "git over ssh in capitals": "ADD SSH://127.0.0.1:{port}/x /x",
    "git as scp has it": "ADD git@127.0.0.1:x.git /x",
    "git as scp has it, of anybody": "ADD me@127.0.0.1:x /x",
    "in a variable": f"ENV URL={HERE}\nADD $URL /x",
    "beside a heredoc": f"ADD <<EOF {HERE} /x/\nhello\nEOF",
    "behind a variable of the base image": f"ADD ${{LANG:+{HERE}}} /x",
    "triggered": f"FROM python:3.12-slim AS parent\nONBUILD ADD {HERE} /x\nFROM parent",
}


@pytest.mark.parametrize("add", ADDS.values(), ids=ADDS)
def test_an_add_from_the_network(hand_in: Callable[..., Any], loopback: Any, add: str) -> None:
    text = SOLUTION + add.replace("{port}", str(loopback.port)) + "\n"
    check = hand_in("EnvSecrets", {"Dockerfile": text}).check("builds")
    assert (check.outcome, check.file) == (Outcome.FAIL, "lab_env_secrets/Dockerfile")
    assert "from the network" in check.actual
    assert text.splitlines()[check.line - 1].startswith(("ADD", "ONBUILD ADD"))
    assert loopback.heard == []


@pytest.mark.parametrize(
    "line",
    [
        "FROM {here}/x:1",
        "FROM LOCALHOST/x:1",
        "COPY --from={here}/x:1 /x /x",
        "COPY --from=Neighbour/x:1 /x /x",
        "RUN --mount=from={here}/x:1,target=/m true",
    ],
)
def test_an_image_of_a_registry_on_this_machine(
    hand_in: Callable[..., Any], loopback: Any, line: str
) -> None:
    text = SOLUTION + line.format(here=f"127.0.0.1:{loopback.port}") + "\n"
    check = hand_in("EnvSecrets", {"Dockerfile": text}).check("builds")
    assert (check.outcome, check.file) == (Outcome.FAIL, "lab_env_secrets/Dockerfile")
    assert "registry on the grading machine" in check.actual
    assert loopback.heard == []


def test_files_and_archives_of_the_folder_are_added(hand_in: Callable[..., Any]) -> None:
    lines = "ADD app/main.py requirements.txt /added/\nADD <<EOF /added/note\nhttp://127.0.0.1/\nEOF\n"
    text = (
        SOLUTION
        + lines
        + "ONBUILD ADD http://127.0.0.1/x /never\nRUN test -s /added/main.py && test -s /added/note\n"
    )
    assert hand_in("EnvSecrets", {"Dockerfile": text}).check("builds").outcome is Outcome.PASS


def test_buildkit_itself_refuses_what_no_reader_of_the_file_has_seen(
    engine: Engine, loopback: Any, tmp_path: Path
) -> None:
    """The URL is a variable of the base image."""
    base = ensure_base(engine, "python:3.12-slim").name
    with running(Run()) as run:
        try:
            (tmp_path / "Dockerfile").write_text(f"FROM {base}\nENV URL=http://127.0.0.1:{loopback.port}/x\n")
            parent = build(engine, run, tmp_path)
            engine.client.images.get(parent).tag("hides-a-url", "latest")
            (tmp_path / "Dockerfile").write_text("FROM hides-a-url\nADD $URL /x\n")
            with pytest.raises(BuildFailed, match="denied by policy"):
                build(engine, run, tmp_path, images=["hides-a-url"])
            (tmp_path / "Dockerfile").write_text("FROM hides-a-url\nADD $URL /x\n# asked for\n")
            build(engine, run, tmp_path, urls=["http://127.0.0.1:"])
        finally:
            engine.client.images.remove("hides-a-url", force=True)
            remove(engine, run)
    assert len(loopback.heard) == 1


@pytest.mark.parametrize(
    "line", ["FROM {other}", "COPY --from={other} /etc /x", "RUN --mount=from={other},target=/m true"]
)
def test_buildkit_itself_refuses_images_that_nobody_has_named(
    engine: Engine, tmp_path: Path, line: str
) -> None:
    base = ensure_base(engine, "python:3.12-slim").name
    other = "127.0.0.1:1/not/named:1"
    (tmp_path / "Dockerfile").write_text(f"FROM {base}\n{line.format(other=other)}\n")
    with running(Run()) as run, pytest.raises(BuildFailed, match="denied by policy"):
        build(engine, run, tmp_path, images=[base])

"""Hostile projects, booted as in a grading, beside a file of the host that none of them may touch."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from checks.engine import Engine
from checks.engine.project.project import PROJECT_LABEL
from checks.evidence.submission.tree import SubmittedFile
from checks.grading.engines import Engines
from checks.grading.evidence import LabEvidence
from checks.grading.running import RunningProject, booted
from checks.grading.scratch import room
from checks.lab import load_lab
from checks.outcomes import CheckFailed
from checks.reports.progress import Progress

LAB = load_lab("lab_compose")
ENDS_SECONDS = 60.0
DOCKERFILE = "FROM python:3.12-slim\n"


@dataclass(frozen=True)
class Handed:
    """A submission in memory."""

    files: Mapping[str, str]
    name: str = "student"

    def find(self, relative: str, /) -> SubmittedFile | None:
        text = self.files.get(relative.removeprefix(f"{LAB.id}/"))
        return None if text is None else SubmittedFile(text.encode(), executable=False)

    def elsewhere(self, _lab: str, _name: str, /) -> None:
        """There is no other place."""


@dataclass(frozen=True)
class Witness:
    """A folder of the host with a word in it that no container may read, and where none may write."""

    folder: Path
    word: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def file(self) -> Path:
        """What holds the word."""
        return self.folder / "word"

    def is_untouched(self) -> bool:
        """Whether it is as it was made."""
        return [path.name for path in self.folder.iterdir()] == [
            "word"
        ] and self.file.read_text() == self.word


@dataclass(frozen=True)
class Boots:
    """What came of both boots: of the second one, what each service said, and what the engine knows of it."""

    booted: RunningProject
    said: Mapping[str, str]
    facts: Mapping[str, Any]


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    made = Witness(tmp_path / "of the host")
    made.folder.mkdir(mode=0o777)
    made.file.write_text(made.word)
    return made


@pytest.fixture(scope="session")
def engines(engine: Engine) -> Iterator[Engines]:  # noqa: ARG001 - one is there
    with Engines("auto", Progress.silent().step) as engines:
        yield engines


@pytest.fixture
def boot(witness: Witness, engines: Engines) -> Iterator[Callable[..., Boots]]:
    """`boot(services, ...)`: boot them twice; then the witness and the workspace are as they were.

    What the services said is read when the one that is graded has ended; some never do.
    """
    step = Progress.silent().step
    with ExitStack() as open_, room() as place:

        def booted_twice(services: Mapping[str, Any], *, dockerfile: str = DOCKERFILE, **rest: Any) -> Boots:
            example, ends = rest.pop("example", ""), rest.pop("ends", True)
            compose = json.dumps({"services": services, **rest})
            files = {"compose.yaml": compose, "Dockerfile": dockerfile, ".env.example": example}
            evidence = LabEvidence(LAB, Handed(files), place, engines, step)
            root = evidence.workspace().root
            made = open_.enter_context(booted(evidence))
            before = digest(root)
            open_.callback(lambda: _unchanged(root, before))
            assert not ends or made.service.running.wait_over(ENDS_SECONDS)
            return Boots(made, *_seen(made))

        yield booted_twice
        open_.close()
        assert witness.is_untouched()
        assert not list(place.glob("*-mounted"))


@pytest.fixture
def script() -> Callable[..., list[str]]:
    """`script(*lines)`: a command that runs them; with `t`, what fails is said and passed over."""
    tools = (
        "import os, socket, sys",
        "def t(f, *a):",
        " try: print(f.__name__, *a, '->', f(*a), flush=True)",
        " except Exception as e: print(f.__name__, *a, '->', type(e).__name__, e, flush=True)",
        "read = lambda p: open(p).read(300)",
        "write = lambda p: open(p, 'w').write('swapped')",
    )
    return lambda *lines: ["python", "-u", "-c", "\n".join([*tools, *lines])]


@pytest.fixture
def after() -> Callable[..., dict[str, Any]]:
    """`after(name, service)`: the service, which begins when the one of that name has done its work."""

    def waiting(name: str, service: Mapping[str, Any]) -> dict[str, Any]:
        waits = {name: {"condition": "service_completed_successfully"}}
        return {"build": ".", "depends_on": waits, **service}

    return waiting


@pytest.fixture
def refused(boot: Callable[..., Boots]) -> Callable[..., CheckFailed]:
    """`refused(services, ...)`: why they are not booted."""

    def why(services: Mapping[str, Any], **rest: Any) -> CheckFailed:
        with pytest.raises(CheckFailed) as failed:
            boot(services, **rest)
        return failed.value

    return why


def digest(root: Path) -> str:
    """Of all that is in a folder."""
    found = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        found.update(f"{path.relative_to(root)} {path.lstat().st_mode:o}\n".encode())
        found.update(path.read_bytes() if path.is_file() else b"")
    return found.hexdigest()


def _unchanged(root: Path, before: str) -> None:
    assert digest(root) == before


def _seen(made: RunningProject) -> tuple[Mapping[str, str], Mapping[str, Any]]:
    """Of each container; what is mounted is nothing of the workspace, and no two mounts lie in each other."""
    client = made.evidence.engines.ready()[0].client
    label = f"{PROJECT_LABEL}={made.project.name}"
    found = client.containers.list(all=True, filters={"label": label})
    names = {each.labels["com.docker.compose.service"]: each for each in found}
    sources = {
        Path(mount["Source"]) for each in found for mount in each.attrs["Mounts"] if mount["Type"] == "bind"
    }
    for source in sources:
        assert source.is_relative_to(made.copies.place)
        assert not any(other in source.parents for other in sources)
    return (
        {name: each.logs().decode() for name, each in names.items()},
        {name: each.attrs for name, each in names.items()},
    )

"""A student's compose.yaml is normalised with the grader's settings, and hostile files are refused."""

import os
import pickle
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from checks.engine.project.project import Project
from checks.evidence.service.model import broken
from checks.evidence.submission.limits import Refused
from checks.evidence.submission.safe_write import disguise, overwrite, put_back, take_place
from checks.evidence.submission.tree import SubmittedFile
from checks.grading.engines import Engines
from checks.grading.environment import dot_env
from checks.grading.evidence import LabEvidence
from checks.grading.images import is_of
from checks.grading.normalized import composed, form
from checks.lab import load_lab
from checks.outcomes import CheckFailed
from checks.parsing.compose.dotenv import parse_dotenv
from checks.reports.progress import Progress
from checks.sections import ModelSettings

LAB = load_lab("lab_compose")


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


@pytest.fixture
def gather(tmp_path: Path) -> Iterator[Any]:
    """`gather(compose, example)`: the evidence of these two files."""
    step = Progress.silent().step
    with Engines("none", step) as engines:

        def made(compose: str, example: str = "") -> LabEvidence:
            files = {"compose.yaml": compose, ".env.example": example}
            evidence = LabEvidence(LAB, Handed(files), tmp_path / "room", engines, step)
            evidence.workspace()
            return evidence

        yield made


def test_settings_take_the_place_of_the_examples(gather: Any) -> None:
    example = 'LOG_LEVEL=info\nNOTE="it\'s $$5"\nOTHER=x # y\nFOLDER=C:\\models\\\n'
    variables = parse_dotenv(dot_env(gather("", example), {"LOG_LEVEL": "error", "NEW": "1"}))
    found = {entry.name: entry.value for entry in variables.variables}
    assert found == {
        "LOG_LEVEL": "error",
        "NOTE": "it's $5",
        "OTHER": "x",
        "FOLDER": "C:\\models\\",
        "NEW": "1",
    }


def test_where_the_example_has_a_place_for_the_key_the_key_is_put(gather: Any) -> None:
    evidence = gather("", "API_KEY=change-me\n")
    key = evidence.canary_files.value(LAB.asks(ModelSettings).secret_file)
    assert parse_dotenv(dot_env(evidence, {})).get("API_KEY") == key


@pytest.mark.parametrize("written", ["{API_KEY: '${API_KEY}'}", "['API_KEY=${API_KEY:-}']", "{K: $API_KEY}"])
def test_a_file_that_takes_the_key_from_a_variable_gets_the_key(gather: Any, written: str) -> None:
    evidence = gather(f"services: {{api: {{build: ., environment: {written}}}}}")
    key = evidence.canary_files.value(LAB.asks(ModelSettings).secret_file)
    assert list(composed(evidence).services["api"].environment.values()) == [key]


@pytest.mark.parametrize(
    ("written", "is_taken"),
    [
        (".env", True),
        ("./.env", True),
        (".env.example", True),
        ("[.env, extra.env]", False),
        ("[{path: extra.env, required: false}]", True),
        ("models", False),
        (f"{'x' * 5_000}", False),
    ],
)
def test_an_env_file_must_be_there(gather: Any, written: str, *, is_taken: bool) -> None:
    evidence = gather(f"services: {{api: {{build: ., env_file: {written}}}}}")
    assert (composed(evidence).problems == ()) is is_taken


@pytest.mark.parametrize(
    ("hostile", "variables"),
    [
        ("privileged: true", ""),
        ("volumes: ['/:/host']", ""),
        ("env_file: /etc/shadow", ""),
        ("env_file: ${FILE}", "FILE=/etc/shadow"),
        ("pid: ${WHOSE:-host}", ""),
    ],
)
def test_a_hostile_file_never_gets_to_compose(gather: Any, hostile: str, variables: str) -> None:
    """There is no engine here: Compose could not even be asked."""
    evidence = gather(f"services:\n  api:\n    build: .\n    {hostile}\n")
    root = evidence.workspace().root
    project = Project(None, "name", root, Path("/nowhere"), None)  # type: ignore[arg-type]
    with pytest.raises(CheckFailed) as failed:
        form(evidence, project, variables.encode())
    assert (failed.value.file, failed.value.line) == ("lab_compose/compose.yaml", 4)


@pytest.mark.parametrize(
    ("build", "is_ours"),
    [
        ({"context": "/w", "dockerfile": "Dockerfile"}, True),
        ({"context": "/w", "dockerfile": "./Dockerfile"}, True),
        ({"context": "/w", "dockerfile": "app/../Dockerfile"}, True),
        ({"context": "/w", "dockerfile": "/w/Dockerfile"}, True),
        ({"context": "/w"}, True),
        ({"context": "/w", "dockerfile": "app/Dockerfile"}, False),
        ({"context": "/w/app", "dockerfile": "../Dockerfile"}, False),
        ({"dockerfile": "Dockerfile"}, True),
        ({}, True),
    ],
)
def test_the_dockerfile_of_the_folder_is_that_however_it_is_spelled(
    build: Mapping[str, str], *, is_ours: bool
) -> None:
    """Each is what Compose made of a file in `/w`."""
    assert is_of(build, Path("/w"), "Dockerfile") is is_ours


def test_a_file_is_rewritten_in_place_and_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models/model.pkl").write_bytes(b"one")
    same = (tmp_path / "models/model.pkl").stat().st_ino
    overwrite(tmp_path, "models/model.pkl", b"two")
    assert (tmp_path / "models/model.pkl").read_bytes() == b"two"
    assert (tmp_path / "models/model.pkl").stat().st_ino == same


def test_a_file_is_rewritten_and_looks_as_before(tmp_path: Path) -> None:
    place = tmp_path / "model.pkl"
    place.write_bytes(b"broken")
    before = place.stat()
    disguise(tmp_path, "model.pkl", b"one")
    assert place.read_bytes() == b"one\0\0\0"
    for looks in ("st_ino", "st_size", "st_mtime_ns", "st_mode"):
        assert getattr(place.stat(), looks) == getattr(before, looks)
    with pytest.raises(Refused):
        disguise(tmp_path, "model.pkl", b"longer than it was")


def test_another_file_takes_its_place_and_the_old_one_comes_back(tmp_path: Path) -> None:
    """A mount of the file alone has the old one all the while."""
    (tmp_path / "models").mkdir()
    model = tmp_path / "models/model.pkl"
    model.write_bytes(b"one")
    same = model.stat().st_ino
    with model.open("rb") as mounted:
        kept = take_place(tmp_path, "models/model.pkl", b"two")
        assert (model.read_bytes(), mounted.read()) == (b"two", b"one")
        assert model.stat().st_ino != same
    put_back(tmp_path, "models/model.pkl", kept)
    assert (model.read_bytes(), model.stat().st_ino) == (b"one", same)
    assert [path.name for path in model.parent.iterdir()] == ["model.pkl"]


@pytest.mark.parametrize("thing", ["a folder", "a pipe", "a link", "nothing"])
def test_no_file_takes_the_place_of_something_else(tmp_path: Path, thing: str) -> None:
    place, outside = tmp_path / "model.pkl", tmp_path / "outside"
    outside.write_bytes(b"theirs")
    make: dict[str, Callable[[], object]] = {
        "a folder": place.mkdir,
        "a pipe": lambda: os.mkfifo(place),
        "a link": lambda: place.symlink_to(outside),
    }
    make.get(thing, lambda: None)()
    with pytest.raises(Refused):
        take_place(tmp_path, "model.pkl", b"ours")
    assert outside.read_bytes() == b"theirs"


def test_a_broken_model_can_be_read_and_says_something_else_each_time() -> None:
    """It is our own pickle, so that it may be read here."""
    first, second = broken(), broken(5_000)
    assert len(second) == 5_000
    content = pickle.loads(first)
    assert isinstance(content, dict)
    assert not content.keys() & {"version", "estimator"}
    words = [set(re.findall(rb"[a-z0-9]{6,}", data)) for data in (first, second)]
    assert not words[0] & words[1]


@pytest.mark.parametrize("link", ["models", "models/model.pkl"])
def test_a_link_in_the_way_is_refused(tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "model.pkl").write_bytes(b"theirs")
    root = tmp_path / "root"
    (root / "models").mkdir(parents=True)
    if link == "models":
        (root / "models").rmdir()
        (root / "models").symlink_to(outside)
    else:
        (root / "models/model.pkl").symlink_to(outside / "model.pkl")
    with pytest.raises(Refused):
        overwrite(root, "models/model.pkl", b"ours")
    with pytest.raises(Refused):
        disguise(root, "models/model.pkl", b"ours")
    assert (outside / "model.pkl").read_bytes() == b"theirs"


@pytest.mark.parametrize("thing", ["a pipe", "a device"])
def test_nothing_but_a_file_is_written_to(tmp_path: Path, thing: str) -> None:
    """The device is the one that takes all and keeps nothing; a disk would be made in the same way."""
    place = tmp_path / "model.pkl"
    if thing == "a pipe":
        os.mkfifo(place)
    elif os.geteuid() == 0:
        os.mknod(place, stat.S_IFCHR | 0o600, Path("/dev/null").stat().st_rdev)
    else:
        pytest.skip("only root makes devices")
    reader = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(Refused, match="no file any more"):
            overwrite(tmp_path, "model.pkl", b"ours")
        with pytest.raises(Refused, match="no file"):
            disguise(tmp_path, "model.pkl", b"")
    finally:
        os.close(reader)

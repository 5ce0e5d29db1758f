"""Mounted paths are copied first: one copy per path, no copy inside another, no mount of the folder itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from checks.engine.project.binds import entangled
from checks.engine.project.copies import Copies


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "lab"
    (folder / "data/inner").mkdir(parents=True)
    (folder / "models").mkdir()
    (folder / "models/model.pkl").write_bytes(b"model")
    (folder / "secrets").mkdir()
    (folder / "secrets/key").write_text("key")
    (folder / ".env").write_text("A=1")
    return folder


def document(root: Path, secrets: Any = (), **services: list[str]) -> Any:
    """Services with mounts as a file has them, `./here:/there:ro`, as Compose normalises them."""
    return {
        "services": {
            name: {
                "volumes": [_mount(root, text) for text in mounts],
                "secrets": [{"source": one} for one in secrets],
            }
            for name, mounts in services.items()
        },
        "secrets": {"k": {"file": str(root / "secrets/key")}, "v": {"environment": "A"}},
    }


def _mount(root: Path, text: str) -> dict[str, Any]:
    source, target, *read_only = text.split(":")
    return {"type": "bind", "source": f"{root}/{source}", "target": target, "read_only": bool(read_only)}


def mounted(root: Path, *documents: Any) -> Iterator[tuple[Copies, list[str]]]:
    copies = Copies.of(root, root.parent / "copies", documents)
    for given in documents:
        made = copies.mounted(given, {"A": "1"})["services"]
        yield (
            copies,
            [mount["source"] for service in made.values() for mount in service["volumes"]],
        )


def test_one_copy_of_each_path_however_it_is_spelled(root: Path) -> None:
    given = document(root, a=["./data:/a", "models:/m:ro"], b=["data/../data/:/b:ro", "./models/.:/m:ro"])
    ((_, sources),) = mounted(root, given)
    assert sources[0] == sources[2] != sources[1] == sources[3]
    assert Path(sources[1], "model.pkl").read_bytes() == b"model"


def test_no_copy_lies_in_another_or_in_the_folder(root: Path) -> None:
    paths = [".:/w", "data:/a", "data/inner:/b", "models/model.pkl:/c", "new/deep:/d", ".env:/e"]
    ((_, sources),) = mounted(root, document(root, a=paths))
    assert len(set(sources)) == len(paths)
    for source in map(Path, sources):
        assert source.exists()
        assert not source.is_relative_to(root)
        assert not any(Path(other) in source.parents for other in sources)


def test_a_folder_that_is_missing_is_there_in_every_copy(root: Path) -> None:
    """As the engine would make it, before a container starts."""
    ((_, sources),) = mounted(root, document(root, a=[".:/w:ro", "new/deep:/w/new/deep"]))
    assert Path(sources[0], "new/deep").is_dir()
    assert Path(sources[1]).is_dir()


def test_a_second_file_shares_the_copies_of_the_first(root: Path) -> None:
    (_, first), (_, second) = mounted(root, document(root, a=["data:/a"]), document(root, a=["data:/a"]))
    assert first == second


def test_secrets_are_copies_and_values_are_files(root: Path) -> None:
    given = document(root, a=[])
    copies = Copies.of(root, root.parent / "copies", [document(root, ["k"], a=[])])
    made = copies.mounted(given, {"A": "of the variable"})["secrets"]
    assert made["k"]["file"].endswith("/lab/secrets/key")
    assert not made["k"]["file"].startswith(str(root))
    assert Path(made["v"]["file"]).read_text() == "of the variable"
    assert "environment" not in made["v"]


def test_every_copy_of_a_file_is_found(root: Path) -> None:
    given = document(root, a=[".:/w:ro", "models:/m:ro", "models/model.pkl:/f:ro", "data:/d"])
    ((copies, sources),) = mounted(root, given)
    found = [folder / "models/model.pkl" for folder in copies.holding("models/model.pkl")]
    assert found == [Path(sources[0], "models/model.pkl"), Path(sources[1], "model.pkl"), Path(sources[2])]
    assert all(path.read_bytes() == b"model" for path in found)


def test_what_is_said_of_a_copy_is_said_of_the_path(root: Path) -> None:
    ((copies, sources),) = mounted(root, document(root, a=["data:/a"]))
    assert copies.named(f"no such file: {sources[0]}/x") == "no such file: ./data/x"


def test_a_path_outside_is_never_copied(root: Path) -> None:
    """It is refused long before; this is the last door."""
    (root / "out").symlink_to("/etc")
    with pytest.raises(RuntimeError):
        list(mounted(root, document(root, a=["out:/x"])))


@pytest.mark.parametrize(
    "services",
    [
        {"a": [".:/w", "models:/m:ro"]},
        {"a": ["data:/d"], "b": ["data/inner:/i"]},
        {"a": ["data:/d"], "b": ["data/../data/inner/:/i:ro"]},
        {"a": ["data:/d:ro"], "b": ["data/inner:/i"]},
        {"a": ["data:/d"], "b": ["data/not/there/yet:/i:ro"]},
        {"a": ["models:/d"], "b": ["models/model.pkl:/i:ro"]},
        {"a": [".:/w", "models:/w/models"], "b": ["models:/m:ro", ".:/v:ro"]},
        {"a": [".:/w", "models:/w/other"]},
    ],
)
def test_mounts_in_each_other_are_refused_where_one_is_written_to(
    services: dict[str, list[str]], root: Path
) -> None:
    assert list(entangled(document(root, **services), root))


def test_a_secret_in_a_folder_that_is_written_to_is_refused(root: Path) -> None:
    found = dict(entangled(document(root, ["k"], a=["secrets:/s"]), root))
    assert list(found) == ["services.a.secrets[0]"]
    assert found["services.a.secrets[0]"].startswith("`secrets/key` lies in `secrets`, and `a` may write")


@pytest.mark.parametrize(
    "services",
    [
        {"a": ["data:/data", "models:/models:ro"]},
        {"a": ["data:/data"], "b": ["data:/data:ro"]},
        {"a": ["data:/data"], "b": ["./data/:/elsewhere"]},
        {"a": [".:/w:ro", "models:/models:ro"]},
        {"a": [".:/w:ro", "data:/w/data"]},
        {"a": [".:/w", "models:/w/models:ro"]},
        {"a": ["data:/data"], "b": ["database:/data"]},
        {"a": ["models/model.pkl:/m:ro", "models:/models:ro"]},
    ],
)
def test_honest_mounts_are_not(services: dict[str, list[str]], root: Path) -> None:
    assert list(entangled(document(root, **services), root)) == []

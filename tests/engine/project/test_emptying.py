"""A folder that containers wrote to is emptied through the engine."""

from pathlib import Path

from checks.engine.engine import Engine
from checks.engine.project.helpers import empty
from checks.engine.run import Run
from checks.engine.standins import ensure_base


def test_all_that_is_in_it_goes(engine: Engine, run: Run, tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    (folder / "a/b").mkdir(parents=True)
    (folder / "a/b/c").touch()
    (folder / ".hidden").touch()
    outside.mkdir()
    (outside / "kept").touch()
    (folder / "link").symlink_to(outside)
    (folder / "a/b").chmod(0)
    empty(engine, run, ensure_base(engine, "debian:bookworm").image_id, folder)
    assert list(folder.iterdir()) == []
    assert (outside / "kept").exists()

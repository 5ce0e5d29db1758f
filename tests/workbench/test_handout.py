"""What `make run...` takes from a lab's folder: what is there, and nothing else."""

from pathlib import Path

from checks.workbench.material import run_options
from tests.made_labs import made_lab

ASKED = {"env_file": ".env", "volumes": ["models:/models:ro", "secrets/key:/run/secrets/key:ro"]}


def test_takes_what_is_there(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=info\n")
    (tmp_path / "models").mkdir()
    expected = ["--env-file", f"{tmp_path}/.env", "--volume", f"{tmp_path}/models:/models:ro"]
    assert run_options(made_lab(tmp_path, run=ASKED)) == expected


def test_takes_nothing_where_nothing_is_there(tmp_path: Path) -> None:
    assert run_options(made_lab(tmp_path, run=ASKED)) == []


def test_a_lab_that_asks_for_nothing(tmp_path: Path) -> None:
    assert run_options(made_lab(tmp_path)) == []

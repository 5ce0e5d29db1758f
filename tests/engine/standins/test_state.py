"""The state file survives damage, and a registry's silence is remembered only for a while."""

from pathlib import Path

import pytest

from checks.engine.standins import state as module
from checks.engine.standins.state import State


def test_a_damaged_file_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / "recipes.json").write_text('{"half": "wri')
    state = State(tmp_path)
    assert state.recipe_image("half") is None
    state.remember_recipe("whole", "sha256:1")
    assert State(tmp_path).recipe_image("whole") == "sha256:1"
    assert not (tmp_path / "recipes.json.new").exists()


def test_silence_is_of_one_registry_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(tmp_path)
    state.remember_silence("one.example")
    assert state.is_silent("one.example")
    assert not state.is_silent("two.example")
    monkeypatch.setattr(module, "SILENCE_S", 0.0)
    assert not state.is_silent("one.example")

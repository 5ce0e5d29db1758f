"""A command is found by its name, and brings no other command along."""

import pytest

from checks.__main__ import declarations
from checks.lab import ROOT

FOLDER = ROOT / "checks" / "commands"
EVERY = sorted(path.stem for path in FOLDER.glob("*.py") if "\ndef declare(" in path.read_text("utf-8"))


@pytest.mark.parametrize(
    ("words", "modules"),
    [
        (["grade", "ada.zip"], ["grade"]),
        (["release", "--help"], ["release"]),
        (["build", "X"], EVERY),
        (["status"], EVERY),
        (["no-such"], EVERY),
        (["--help"], EVERY),
        ([], EVERY),
    ],
)
def test_only_the_module_of_the_command_is_asked(words: list[str], modules: list[str]) -> None:
    assert [declare.__module__.rpartition(".")[2] for declare in declarations(words)] == modules

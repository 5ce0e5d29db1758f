"""The layout of `checks/`: a room imports only rooms below it, imports have no cycle, and file sizes have limits.

Imports are read from the source, including those for type checkers and inside functions.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from checks.lab import ROOT

# From the ground up. A room may import those before it, and itself.
ROOMS = (
    *("sanitize", "amendments", "layer_result", "outcomes", "interruption"),
    *(f"parsing.{room}" for room in ("text", "shell", "dockerfile", "compose", "packages", "scans")),
    *(
        "sections",
        "starter",
        "edition",
        "edition_files",
        "lab",
        "beside_lab",
        "hints",
        "differences",
        "glossary",
    ),
    *("rules", "engine", "evidence", "expect", "reports", "grading", "loop", "workbench", "commands"),
)
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "checks").rglob("*.py"))
}
LONGEST, SHORTEST = 200, 20  # lines; a package's `__init__` may be one sentence
LONGEST_LAB = 270  # a module with a lab's checks is its list of requirements: 23 of them, of a few lines each
SHORT = {"checks.grading.preload": "the fork server imports it for its effect alone"}


@cache
def imports() -> Mapping[str, set[str]]:
    """The modules of `checks` that each of them imports."""
    return {module: set(_imported(path)) - {module} for module, path in MODULES.items()}


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in MODULES:
            for name in node.names:
                full = f"{node.module}.{name.name}"
                yield full if full in MODULES else str(node.module)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in MODULES)


def room_of(module: str) -> int | None:
    """The floor of a module; None for the checks themselves and the command line, which are above all."""
    path = module.removeprefix("checks.")
    return next((floor for floor, room in enumerate(ROOMS) if f"{path}.".startswith(f"{room}.")), None)


def test_rooms_know_only_what_is_below_them() -> None:
    upward = [
        f"{module} imports {other}"
        for module, others in imports().items()
        for other in others
        if (here := room_of(module)) is not None and ((there := room_of(other)) is None or there > here)
    ]
    assert not upward, "\n".join(upward)


def test_no_two_files_import_each_other() -> None:
    try:
        TopologicalSorter(imports()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("module", MODULES)
def test_a_file_has_the_size_of_one_noun(module: str) -> None:
    path = MODULES[module]
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= (LONGEST_LAB if module.startswith("checks.check_") else LONGEST)
    assert lines >= SHORTEST or path.name == "__init__.py" or module in SHORT


def test_the_glossary_names_files_that_are_there() -> None:
    glossary = ROOT / "docs" / "glossary.md"
    linked = re.findall(r"\]\(([^)]+)\)", glossary.read_text("utf-8"))
    assert linked
    assert [link for link in linked if not (glossary.parent / link).is_file()] == []

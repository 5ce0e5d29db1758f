"""What a second build must reuse, judged on the layers of both and on the stages behind them."""

from collections.abc import Sequence

import pytest

from checks.evidence.image.built import Built
from checks.evidence.image.provenance import LayerProvenance, origins
from checks.expect.caching import dependencies_reused
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.dockerfile.stages import Stage

FILE = "task/Dockerfile"


def stage(text: str) -> Stage:
    return parse_dockerfile(text.encode()).final


def built(layers: tuple[str, ...], base: tuple[str, ...]) -> Built:
    return Built(reference="", environment=(), layers=layers, base_layers=base)


def made(text: str) -> tuple[LayerProvenance, ...]:
    """One layer for each instruction, `a`, `b`, ... by their diff ids, above a base of one layer."""
    count = sum(entry.keyword in {"RUN", "COPY", "WORKDIR"} for entry in stage(text).lineage)
    return origins(stage(text), built(("base", *"abcdefgh"[:count]), ("base",)))


def reused(text: str, *builds: str) -> None:
    """Judge the first build and some more, each as its layers above the base."""
    first = made(text)
    layers = ["".join(layer.diff_id for layer in first), *builds]
    dependencies_reused(first, (["base", *build] for build in layers), FILE)


def test_only_the_copy_of_the_source_may_change() -> None:
    text = "FROM x\nRUN pip install a\nWORKDIR /w\nCOPY . .\nRUN make"
    reused(text, "abCD")


@pytest.mark.parametrize(
    ("text", "rebuilt", "line"),
    [
        ("FROM x\nCOPY . .\nRUN pip install a", "AB", 3),
        ("FROM x\nRUN pip install a\nCOPY . .\nRUN apt-get install b", "aBC", 4),
        ("FROM x AS t\nCOPY . .\nRUN pip install a\nFROM x\nCOPY . .\nCOPY --from=t /v /v", "AB", 2),
        ("FROM x AS t\nCOPY . .\nRUN pip install a\nFROM x\nCOPY . .\nCOPY --from=t /v /v", "Ab", 2),
        (
            """FROM x AS t\nCOPY . .\nRUN pip install a\nFROM x AS u\nCOPY --from=t /v /v\nFROM x
            RUN --mount=type=bind,from=u,target=/u cp -r /u/v /v && apt-get install b\nCOPY . .""",
            "aB",
            2,
        ),
    ],
)
def test_an_install_that_runs_again_is_found_on_its_line(text: str, rebuilt: str, line: int) -> None:
    with pytest.raises(CheckFailed) as failed:
        reused(text, rebuilt)
    assert (failed.value.file, failed.value.line) == (FILE, line)


def test_a_step_that_ran_again_once_is_no_proof() -> None:
    """BuildKit overlooked its cache after the first edit, and found either layer after the second."""
    reused("FROM x\nRUN pip install a\nCOPY . .", "AB", "AC")
    reused("FROM x\nRUN pip install a\nCOPY . .", "AB", "aC")


def test_a_step_that_runs_again_every_time_is_one() -> None:
    with pytest.raises(CheckFailed):
        reused("FROM x\nRUN pip install a\nCOPY . .", "AB", "CD")


def test_no_build_more_than_it_takes() -> None:
    """Each costs a student time."""
    layers = iter((["base", "a", "b"], ["base", "a", "B"], ["never asked for"]))
    dependencies_reused(made("FROM x\nRUN pip install a\nCOPY . ."), layers, FILE)
    assert list(layers) == [["never asked for"]]


@pytest.mark.parametrize(
    ("text", "rebuilt"),
    [
        ("FROM x\nCOPY . .\nRUN make", "AB"),  # no dependencies at all
        ("FROM x\nRUN pip install a\nRUN make", "ab"),  # no source
    ],
)
def test_there_must_be_something_to_reuse_and_something_that_changes(text: str, rebuilt: str) -> None:
    with pytest.raises(CheckFailed):
        reused(text, rebuilt)


def test_a_stage_that_installs_before_its_source_comes_is_reused() -> None:
    text = "FROM x AS t\nRUN pip install a\nCOPY . .\nFROM x\nCOPY --from=t /v /v"
    reused(text, "A")


def test_layers_without_a_change_share_an_id_and_are_still_told_apart() -> None:
    text = "FROM x\nRUN pip install a\nRUN true\nCOPY . .\nRUN false"
    first = origins(stage(text), built(("e", "a", "e", "c", "e"), ("e",)))
    assert [entry.instruction.line for entry in first] == [2, 3, 4, 5]
    dependencies_reused(first, [["e", "a", "e", "c", "e"], ["e", "a", "e", "C", "e"]], FILE)


def test_an_image_on_another_base_still_has_its_lines() -> None:
    found = origins(stage("FROM y\nRUN pip install a\nCOPY . ."), built(("o", "p", "a", "b"), ("base",)))
    assert [(entry.diff_id, entry.instruction.line) for entry in found] == [("a", 2), ("b", 3)]


def test_a_base_that_is_built_on_the_labs_own_keeps_its_layers() -> None:
    text, made = "FROM y:fat\nRUN pip install a", built(("base", "fat", "a"), ("base",))
    assert [entry.diff_id for entry in origins(stage(text), made, ["y:slim"])] == ["a"]


@pytest.mark.parametrize("bases", [(), ["y"]])
def test_layers_that_no_instruction_made_are_a_fault_of_ours(bases: Sequence[str]) -> None:
    with pytest.raises(RuntimeError):
        origins(stage("FROM y\nRUN make"), built(("base", "a", "b"), ("base",)), bases)


@pytest.mark.parametrize(
    ("path", "makes_layer"),
    [("/", False), ("$ROOT", False), (".", False), ("//", True), ("/.", True), ("/a/..", True), ("/a", True)],
)
def test_the_root_as_working_directory_makes_no_layer(path: str, *, makes_layer: bool) -> None:
    """As Engine 28.5 has it."""
    text = f"FROM y\nENV ROOT=/\nWORKDIR {path}\nRUN make"
    layers = ("base", "w", "a") if makes_layer else ("base", "a")
    found = origins(stage(text), built(layers, ("base",)))
    assert [(entry.diff_id, entry.instruction.line) for entry in found][-1] == ("a", 4)
    assert len(found) == 1 + makes_layer

"""What each line does, told by reading: which edit makes it anew, and what is in force there."""

import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from checks.lab import ROOT, all_labs
from checks.loop.explaining import print_explanation
from checks.loop.explanation import Explanation, Gone, Weight, explain
from checks.reports.page import Page, open_console
from tests.terminal import terminal

APP = ("app/data/big.csv", "app/main.py")
FILES = (*APP, "requirements.txt", "notes.md")


@pytest.fixture
def context(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def _explained(context: Path, text: str, ignored: str = "") -> Explanation:
    (context / "Dockerfile").write_text(text)
    (context / ".dockerignore").write_text(f"Dockerfile\n.dockerignore\n{ignored}")
    return explain(context, context / "Dockerfile")


def _edits(explained: Explanation) -> Mapping[int, tuple[str, ...]]:
    return {line.instruction.line: line.edits for line in explained.lines if line.edits}


@pytest.mark.parametrize(
    ("text", "ignored", "edits", "unused"),
    [
        ("FROM x\nCOPY . /a\n", "", {2: sorted(FILES)}, []),
        (
            "FROM x\nCOPY requirements.txt .\nRUN true\nCOPY app app\n",
            "",
            {2: ["requirements.txt"], 4: [*APP]},
            ["notes.md"],
        ),
        (
            "FROM x\nCOPY requirements.txt .\nCOPY . .\n",
            "app/data\n*.md\n",
            {2: ["requirements.txt"], 3: ["app/main.py"]},
            [],
        ),
        ("FROM x\nCOPY *.txt ./\n", "", {2: ["requirements.txt"]}, [*APP, "notes.md"]),
        (
            "FROM x AS b\nCOPY app /b\nFROM x\nRUN true\nCOPY --from=b /b /c\n",
            "",
            {5: [*APP]},
            ["notes.md", "requirements.txt"],
        ),
        ("FROM x AS b\nCOPY app /b\nFROM b\nRUN true\n", "", {2: [*APP]}, ["notes.md", "requirements.txt"]),
        (
            "FROM x\nRUN --mount=type=bind,source=requirements.txt,target=/r true\n",
            "",
            {2: ["requirements.txt"]},
            [*APP, "notes.md"],
        ),
        ("FROM x\nRUN true\n", "", {}, sorted(FILES)),
        ("FROM x\nCOPY --from=y /app /app\n", "", {}, sorted(FILES)),
    ],
    ids=["all", "two", "ignored", "pattern", "from-a-stage", "on-a-stage", "mount", "none", "from-an-image"],
)
def test_an_edit_makes_the_first_line_that_takes_the_file_anew(
    context: Path, text: str, ignored: str, edits: dict[int, list[str]], unused: list[str]
) -> None:
    explained = _explained(context, text, ignored)
    assert _edits(explained) == {line: tuple(files) for line, files in edits.items()}
    assert explained.unused == tuple(unused)


def test_stages_that_copy_from_several_are_followed_once_each(context: Path) -> None:
    """With each stage, the ways by which a file comes are three times as many."""
    stages = "FROM x AS s0\nCOPY app /a\n" + "".join(
        f"FROM x AS s{number}\n" + f"COPY --from=s{number - 1} /a /a\n" * 3 for number in range(1, 40)
    )
    explained = _explained(context, f"{stages}FROM x\nCOPY --from=s39 /a /a\n")
    assert _edits(explained) == {explained.lines[-1].instruction.line: APP}
    assert explained.unused == ("notes.md", "requirements.txt")


def _printed(explained: Explanation, *weights: Weight) -> str:
    stream = io.StringIO()
    print_explanation(Page(open_console(stream)), explained, weights)
    return stream.getvalue()


def test_files_that_are_not_looked_for_are_counted(context: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.loop.explanation.MOST_FILES", 3)
    assert "more files: 1, not looked for" in _printed(_explained(context, "FROM x\nCOPY . /a\n"))
    monkeypatch.setattr("checks.loop.explanation.MOST_FILES", 4)
    assert "not looked for" not in _printed(_explained(context, "FROM x\nCOPY . /a\n"))


def test_what_is_in_force_is_told_where_it_changes_and_at_the_end(context: Path) -> None:
    text = _printed(
        _explained(
            context,
            'FROM x\nARG A=1\nRUN true\nENV B=2\nUSER app\nWORKDIR /w\nRUN true\nRUN true\nCMD ["run"]\n',
        )
    )
    assert text.count("as the base's user in /, with A\n") == 1
    assert text.count("as app in /w, with B, A\n") == 1
    assert "sets    B=2" in text
    assert "sets    A" not in text


def test_a_user_is_told_though_other_lines_stand_between(context: Path) -> None:
    text = _printed(_explained(context, "FROM x\nUSER app\nEXPOSE 80\nRUN true\n"))
    assert "as app in /\n" in text


def test_a_line_that_docker_refuses_is_told(context: Path) -> None:
    text = _printed(_explained(context, "FROM x\nRUNN true\n"))
    assert "Docker refuses this line" in text


def test_what_an_env_takes_of_the_base_is_told(context: Path) -> None:
    text = _printed(
        _explained(context, "FROM x\nENV PATH=/a:$PATH B=$C\nENV PATH=/b:$PATH D=$B\nENV E=/e:$E\n")
    )
    assert "sets    PATH=/b:/a:\n" in text
    assert "sets    E=/e: and the base's $E\n" in text


def test_of_a_long_path_the_beginning_and_the_end_are_shown(context: Path) -> None:
    gone = (Gone(f"/begins/{'x' * 200}/ends", 1, 2, "deleted"),)
    text = _printed(_explained(context, "FROM x\nRUN make\n"), Weight(1, 0.5), Weight(1, 0.5, gone))
    assert "/begins/x" in text
    assert "x/ends" in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_page_with_weights(context: Path) -> None:
    explained = _explained(context, "FROM x\nRUN make\nCOPY app app\n")
    gone = tuple(Gone(f"/tmp/{number}", 2_000_000 - number, 3, "deleted") for number in range(7))
    text = _printed(explained, Weight(80_000_000, 0.8), Weight(15_000_000, 0.15, gone), Weight(5_000, 0.05))
    for part in (
        "80.0 MB  80.0%",
        "15.0 MB  15.0%",
        "5.0 kB   5.0%",
        "14.0 MB of it are gone",
        "deleted by line 3  /tmp/0",
        "and 2 files more",
    ):
        assert part in text
    assert "app/ (2 files): from line 3 on, 1 layer, 5.0 kB" in text
    assert max(map(len, text.splitlines())) <= 100


def test_names_of_files_cannot_steer_the_terminal(context: Path) -> None:
    (context / "\x1b[2Jx").touch()
    assert "\x1b" not in _printed(_explained(context, "FROM x\nCOPY . .\n"))


@pytest.mark.parametrize("words", [["explain", "Task1", "--static"], ["explain", "NoSuchLab", "--static"]])
def test_what_cannot_be_explained_is_told(words: list[str]) -> None:
    """The starter has no FROM yet."""
    with terminal("-m", "checks", *words) as shown:
        assert shown.end() == 2
        assert "there is no" in shown.screen
        assert "Traceback" not in shown.screen


@pytest.mark.slow
def test_the_page_is_written_and_named(tmp_path: Path) -> None:
    path = tmp_path / "new" / "page.html"
    lab = next(lab.id for lab in all_labs() if "\nFROM " in (lab.folder / lab.dockerfile).read_text())
    with terminal("-m", "checks", "explain", lab, "--static", "--page", str(path)) as shown:
        assert shown.end() == 0
        assert str(path) in shown.screen
    assert path.read_text("utf-8").startswith("<!doctype html>")
    with terminal("-m", "checks", "explain", lab, "--static", "--page", str(path / "below-a-file")) as shown:
        assert shown.end() == 2
        assert "cannot be written" in shown.screen


@pytest.mark.slow
def test_nothing_of_it_needs_docker() -> None:
    call = "from checks.__main__ import main; main(['explain', 'Task1', '--static'])"
    code = f"import sys; {call}; assert 'docker' not in sys.modules"
    with terminal("-c", code) as shown:
        assert shown.end() == 0, shown.screen
    assert (ROOT / "task1_layers").is_dir()

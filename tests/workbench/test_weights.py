"""What is told of each line, held against `docker history`, dive and `docker build --check` of the same file."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from checks.engine import Engine
from checks.lab import Lab
from checks.loop.explanation import Explanation, Weight, explain
from checks.loop.notes import told_lines
from checks.workbench import Workbench
from checks.workbench.asking import docker
from checks.workbench.weights import weigh
from tests.tools import tool

LINES = """\
RUN head -c 3000000 /dev/urandom > /big && head -c 1000000 /dev/urandom > /small
ENV A=1
RUN rm /big && echo 1 >> /etc/debian_version
WORKDIR /server
RUN head -c 2000000 /dev/urandom > /small
COPY app app
"""
UNITS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
ROUNDING = 0.06  # of two digits
BLOCKS = 100_000  # bytes: an image store may count blocks of a disk, and folders


def _history(engine: Engine, tag: str) -> list[tuple[str, float]]:
    """The instructions and sizes of `docker history`, the lowest first."""
    command = [str(engine.cli), "history", "--no-trunc", "--format", "{{.CreatedBy}}\t{{.Size}}", tag]
    done = subprocess.run(command, env=dict(engine.environment), capture_output=True, text=True, check=True)
    rows = [line.rsplit("\t", 1) for line in reversed(done.stdout.splitlines())]
    return [(made, _bytes(size)) for made, size in rows]


def _bytes(text: str) -> float:
    found = re.fullmatch(r"([\d.]+)(\w+)", text)
    assert found, text
    return float(found[1]) * UNITS[found[2]]


def _weighed(lab: Lab) -> tuple[Explanation, tuple[Weight, ...]]:
    dockerfile = lab.folder / "Dockerfile"
    first, *rest = dockerfile.read_text().splitlines()[1:]
    dockerfile.write_text("\n".join([first, LINES, *rest, ""]))
    explained = explain(lab.folder, dockerfile)
    return explained, weigh(Workbench(lab), "Dockerfile", explained)


def test_each_layer_weighs_what_docker_history_says(lab: Lab, engine: Engine) -> None:
    explained, (base, *own) = _weighed(lab)
    history = _history(engine, lab.image.tag)
    made = [(text, size) for text, size in history if not re.match(r"(ENV|CMD|ENTRYPOINT)\b", text)][
        -len(own) :
    ]
    assert len(own) == 5
    for line, weight, (text, size) in zip(explained.layers, own, made, strict=True):
        assert line.instruction.keyword in text
        assert abs(weight.size - size) <= ROUNDING * size + BLOCKS, text
    assert abs(sum([base.share, *(weight.share for weight in own)]) - 1) < 1e-6


def test_what_is_gone_is_named_with_the_line_that_did_it(lab: Lab) -> None:
    _, (base, made, *_) = _weighed(lab)
    found = [(gone.path, gone.size, gone.fate, gone.line) for gone in made.gone]
    assert found == [("/big", 3_000_000, "deleted", 4), ("/small", 1_000_000, "replaced", 6)]
    assert [(gone.path, gone.fate, gone.line) for gone in base.gone] == [
        ("/etc/debian_version", "replaced", 4)
    ]


def test_dive_finds_the_same_layers_and_the_same_files_twice(
    lab: Lab, engine: Engine, tmp_path: Path
) -> None:
    """Files that only the base has twice are not told, since no line of the Dockerfile did that."""
    program, (_, (base, *own)) = tool("dive"), _weighed(lab)
    told = _dived(program, engine, lab.image.tag, tmp_path)
    above = told["layer"][-len(own) :]
    assert [layer["sizeBytes"] for layer in above] == [weight.size for weight in own]
    assert told["image"]["sizeBytes"] == base.size + sum(weight.size for weight in own)
    touched = {f"/{file['path'].replace('.wh.', '')}" for layer in above for file in layer["fileList"]}
    twice = {file["file"] for file in told["image"]["fileReference"] if file["sizeBytes"]}
    assert twice & touched == {gone.path for weight in (base, *own) for gone in weight.gone}


def _dived(program: Path, engine: Engine, tag: str, folder: Path) -> Any:
    saved, report = folder / "image.tar", folder / "report.json"
    save: list[str | Path] = [engine.cli, "save", tag, "--output", saved]
    subprocess.run(save, env=dict(engine.environment), check=True, timeout=60)
    command: list[str | Path] = [program, "--source", "docker-archive", saved, "--json", report]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return json.loads(report.read_text())


CHECKED = """\
# check=experimental=CopyIgnoredFile
FROM scratch
ENV A=$B C=1
COPY app/main.py /
COPY README.md /
CMD ["a"]
CMD ["b"]
"""


def test_docker_warns_of_the_lines_of_which_nothing_comes(lab: Lab) -> None:
    """What it calls undefined has no value, what it calls ignored has no edit, and what comes twice counts once."""
    dockerfile = lab.folder / "Dockerfile"
    dockerfile.write_text(CHECKED)
    (lab.folder / ".dockerignore").write_text("README.md\n")
    warned = {each.rule: each.line for each in docker(Workbench(lab), "Dockerfile", dockerfile)}
    told = list(told_lines(explain(lab.folder, dockerfile), ()))
    (ignored,) = [each.line.instruction.line for each in told if each.line.is_layer and not each.line.edits]
    (idle,) = [each.line.instruction.line for each in told if "without effect" in each.notes[0].text]
    (undefined,) = [each.line.instruction.line for each in told if "$B" in str(each.line.instruction)]
    assert warned == {
        "CopyIgnoredFile": ignored,
        "MultipleInstructionsDisallowed": idle,
        "UndefinedVar": undefined,
    }
    assert [
        note.text for each in told for note in each.notes if "with" in note.text and "A" in note.text
    ] == ["as the base's user in /, with A, C"]

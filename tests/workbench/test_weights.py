"""What a line weighs, held against `docker history` of the same image."""

import re
import subprocess

from checks.engine import Engine
from checks.lab import Lab
from checks.loop.explanation import explain
from checks.workbench import Workbench
from checks.workbench.weights import weigh

LINES = """\
RUN head -c 3000000 /dev/urandom > /big && head -c 1000000 /dev/urandom > /small
ENV A=1
RUN rm /big
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


def test_each_layer_weighs_what_docker_history_says(lab: Lab, engine: Engine) -> None:
    dockerfile = lab.folder / "Dockerfile"
    first, *rest = dockerfile.read_text().splitlines()[1:]
    dockerfile.write_text("\n".join([first, LINES, *rest, ""]))
    explained = explain(lab.folder, dockerfile)
    base, *own = weigh(Workbench(lab), "Dockerfile", explained)
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
    dockerfile = lab.folder / "Dockerfile"
    first, *rest = dockerfile.read_text().splitlines()[1:]
    dockerfile.write_text("\n".join([first, LINES, *rest, ""]))
    _, made, *_ = weigh(Workbench(lab), "Dockerfile", explain(lab.folder, dockerfile))
    found = [(gone.path, gone.size, gone.fate, gone.line) for gone in made.gone]
    assert found == [("/big", 3_000_000, "deleted", 4), ("/small", 1_000_000, "replaced", 6)]

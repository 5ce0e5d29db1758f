"""What is there and is not understood is never called absent: misspelt, a comment, elsewhere, from a variable."""

from collections.abc import Callable

import pytest

from checks.expect import (
    CheckFailed,
    Sought,
    packages_pinned,
    required,
    runs_uvicorn,
    serves,
    unbuffered,
    works_in,
)
from checks.expect.answers import unanswered
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.package_steps import apt_steps
from checks.parsing.text.problems import ParseError
from checks.parsing.text.toml_file import parse_toml
from checks.parsing.text.yaml_file import parse_yaml

Judge = Callable[[Stage], None]
REQUIREMENTS = {"requirements.txt": b"# fastapi==1.0\nflask==1\n", "slip.txt": b"fastapy==1.0\n"}


def stage(text: str) -> Stage:
    return parse_dockerfile(f"FROM x\n{text}\n".encode()).final


def of_pip(stage: Stage) -> None:
    packages_pinned(stage, REQUIREMENTS.get, ["fastapi==1.0"])


def of_apt(stage: Stage) -> None:
    installs = Sought(
        "an install of git-lfs",
        lambda it: [e for e in apt_steps(it) if e.installs("git-lfs")],
        "apt",
        "git-lfs",
    )
    required(installs, stage, "")


def of_workdir(stage: Stage) -> None:
    works_in(stage, "/server")


def of_entrypoint(stage: Stage) -> None:
    runs_uvicorn(stage, "uvicorn")


def of_cmd(stage: Stage) -> None:
    serves(stage, "app.main:app", "0.0.0.0", 8000)


@pytest.mark.parametrize(
    ("judge", "text", "said", "line"),
    [
        (of_workdir, "WORKDIRR /server", "did you mean WORKDIR?", 2),
        (of_workdir, "# WORKDIR /server", "is a comment", 2),
        (of_workdir, "WORKDIR /server\nFROM y", "another stage (number 0)", 2),
        (of_workdir, "RUN <<EOF\nWORKDIR /server\nEOF", "belongs to the `RUN` of line 2", 3),
        (of_workdir, "WORKDIR $HERE", "`HERE` is not set", 2),
        (of_entrypoint, "ENTRYPONT ['uvicorn']", "did you mean ENTRYPOINT?", 2),
        (of_entrypoint, "#ENTRYPOINT ['uvicorn']", "is a comment", 2),
        (of_entrypoint, "ENTRYPOINT ['uvicorn']", "is no JSON array", 2),
        (unbuffered, "ENV PYTHONUNBUFERED=1", "sets `PYTHONUNBUFERED`, which is another name", 2),
        (unbuffered, "# ENV PYTHONUNBUFFERED=1", "is a comment", 2),
        (unbuffered, "ENV PYTHONUNBUFFERED=1\nFROM y", "another stage", 2),
        (of_cmd, 'CMD ["app.main:app", "--port", "8000"]', "nothing gives it a `--host`", 2),
        (of_cmd, "CMD []", "names none", 2),
        (of_cmd, 'CMD ["app.main:app", "--host", "$HOST"]', "no shell puts a value", 2),
        (of_apt, "RUN apt-get isntall git-lfs", "which is not one", 2),
        (of_apt, "RUN apt-get install git-lsf", "`git-lsf` is not `git-lfs`", 2),
        (of_apt, "# RUN apt-get install git-lfs", "is a comment", 2),
        (of_apt, "RUN apt-get update \\\n#  && apt-get install git-lfs\n  && true", "is a comment", 3),
        (of_apt, "RUN true || apt-get install git-lfs", "may never run", 2),
        (of_apt, "RUN apt-get install $WHAT", "`WHAT` is not set", 2),
        (of_apt, "RUN apt-get install git-lfs\nFROM y", "one in line 2, which is in another stage", 2),
        (of_pip, "RUN pip install -r requirements.txt", "no COPY above it brings that file", 2),
        (of_pip, "RUN pip install -r other.txt", "no such file is there", 2),
        (of_pip, "RUN pip install -r $LIST", "`LIST` is not set", 2),
        (of_pip, "COPY . .\nRUN pip install -r requirements.txt", "`# fastapi==1.0` in requirements.txt", 3),
        (of_pip, "COPY . .\nRUN pip install -r slip.txt", "did you mean `fastapi==1.0`?", 3),
        (of_pip, "RUN pip install fastapi==$VERSION", "`VERSION` is not set", 2),
        (of_pip, "RUN pip isntall fastapi==1.0", "which is not one", 2),
        (of_pip, "# RUN pip install fastapi==1.0", "is a comment", 2),
        (of_pip, "RUN pex -r requirements.txt -o /app.pex", "is no call of pip", 2),
        (of_pip, "RUN shiv -r requirements.txt -o /app.pyz", "the versions that shiv takes are not read", 2),
        (of_pip, "RUN uv sync --locked", "the versions that uv takes are not read", 2),
        (of_pip, "RUN pipenv install --system", "is no call of pip", 2),
        (of_pip, "RUN conda install fastapi=1.0", "is no call of pip", 2),
        (of_pip, "FROM x AS b\nRUN pex fastapi -o /a\nFROM x\nCOPY --from=b /a /a", "is no call of pip", 3),
    ],
)  # fmt: skip
def test_what_is_there_is_named(judge: Judge, text: str, said: str, line: int) -> None:
    with pytest.raises(CheckFailed) as failed:
        judge(stage(text))
    assert said in failed.value.actual
    assert failed.value.line == line


@pytest.mark.parametrize(
    ("judge", "text"),
    [
        (of_workdir, "# the working directory is that of the base"),
        (of_apt, "# git-lfs is for later\nRUN apt-get update"),
        (of_apt, "RUN apt-get install python3-git"),
        (of_pip, "# pip is not needed"),
        (of_pip, "RUN pip install httpx"),
    ],
)
def test_what_is_not_there_is_not(judge: Judge, text: str) -> None:
    with pytest.raises(CheckFailed, match="there is none"):
        judge(stage(text))


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("FORM x", "`FORM x` should begin with FROM", 1),
        ("ARG A\n# FROM x", "`# FROM x` is a comment", 2),
        ("FRM x\nRUN true", "`FRM x` should begin with FROM", 1),
        ("RUN true", "no image to build", 1),
    ],
)
def test_a_file_without_a_base(text: str, said: str, line: int) -> None:
    dockerfile = parse_dockerfile(text.encode())
    with pytest.raises(ParseError) as failed:
        _ = dockerfile.final
    assert (said in failed.value.message, failed.value.line) == (True, line)
    assert failed.value.message in {problem.message for problem in dockerfile.problems}


@pytest.mark.parametrize(
    ("run", "shown"),
    [
        ("apt-get install -y \\\n   git \\\n  # why\n   curl", "apt-get install -y git curl"),
        ("a && b c \\\n  && d", "a|b c|d"),
        ("echo 'a  b' \\  \n   c", "echo 'a b' c"),
    ],
)
def test_a_command_is_quoted_on_one_line(run: str, shown: str) -> None:
    (found,) = stage(f"RUN {run}").runs
    assert "|".join(map(str, found.commands)) == shown


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("image_size_mb:", "nothing stands behind it", 1),
        ("a: 1\nimage_sise_mb: 5", "`image_sise_mb` is there, and not `image_size_mb`", 2),
        ("a: 1", "there is none", 1),
    ],
)
def test_an_answer_that_is_not_there(text: str, said: str, line: int) -> None:
    answers = parse_yaml(text.encode(), "answers.yaml")
    found, where = unanswered(answers, "image_size_mb")
    assert (said in found, where) == (True, line)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('a = "x\nb = 1', "a quote is not closed"),
        ("a = 0.78.0", "text needs quotes"),
        ("a = hello", "text needs quotes"),
        ("a 1", "a `=` is missing"),
        ("a = 1\na = 2", "has a value already"),
        ("a = [1, 2", "a `]` is missing"),
        ("a = {b = 1", "a `}` is missing"),
        ("= 1", "neither a name"),
    ],
)
def test_a_slip_in_a_project_file_in_plain_words(text: str, said: str) -> None:
    with pytest.raises(ParseError) as failed:
        parse_toml(text.encode(), "pyproject.toml")
    assert said in failed.value.message

"""A package that a later call of pip uninstalls is not there, and one that is installed again is."""

import pytest

from checks.expect import CheckFailed, packages_pinned
from checks.parsing.dockerfile.dockerfile import parse_dockerfile

INSTALL = "RUN pip install flask==1.0 jinja2==3.0"
LIST = {"requirements.txt": b"flask==1.0\njinja2==3.0\n"}
BUILDER = "RUN python -m venv /v\nRUN /v/bin/pip install flask==1.0\nFROM a\nCOPY --from=0 /v /v"


def judge(text: str) -> None:
    packages_pinned(parse_dockerfile(f"FROM a\n{text}\n".encode()).final, LIST.get, ["flask==1.0"])


@pytest.mark.parametrize(
    "text",
    [
        f"{INSTALL} && pip uninstall -y jinja2",
        f"RUN pip uninstall -y flask\n{INSTALL}",
        f"RUN pip install flask==1.0 && pip uninstall -y flask\n{INSTALL}",
        f"{INSTALL}\nRUN python -m venv /v && /v/bin/pip uninstall -y flask",
        f"{INSTALL} && pip uninstall --help; echo pip uninstall -y flask",
        f"{INSTALL}\nRUN false && pip uninstall -y flask",
        f"{INSTALL}\nRUN pip uninstall -y flask-login",
        f"{BUILDER}\nRUN pip uninstall -y flask",
    ],
)
def test_it_stays(text: str) -> None:
    judge(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{INSTALL} && pip uninstall -y flask", 2),
        (f"{INSTALL}\nRUN python -m pip uninstall --yes Flask jinja2", 3),
        (f"{INSTALL}\nRUN pip uninstall -y jinja2\nRUN pip3 uninstall -y flask", 4),
        ("COPY . .\nRUN pip install -r requirements.txt\nRUN pip uninstall -y flask", 4),
        ("RUN python -m venv /v\nRUN /v/bin/pip install flask==1.0\nRUN /v/bin/pip uninstall -y flask", 4),
        (f"{BUILDER}\nRUN /v/bin/pip uninstall -y flask", 6),
        ("RUN uv pip install --system flask==1.0\nRUN uv pip uninstall --system flask", 3),
    ],
)
def test_it_is_uninstalled_again(text: str, line: int) -> None:
    with pytest.raises(CheckFailed, match="uninstalls it again") as failed:
        judge(text)
    assert failed.value.line == line

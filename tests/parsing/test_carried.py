"""Packages of another stage, followed through COPY and mounts."""

# ruff: noqa: E501, ISC004 - a Dockerfile is a line of the table

import pytest

from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.packages.pip_requirements import requirements_of
from checks.parsing.text.problems import ParseError

CONTEXT = {"requirements.txt": b"flask==3.0.3\n", "app/main.py": b"", "wheels.txt": b""}
BUILDER = "FROM python:3.12-slim AS builder\nCOPY requirements.txt .\n"
FINAL = "FROM python:3.12-slim\n"
VENV = f"{BUILDER}RUN python -m venv /opt/venv && /opt/venv/bin/pip install -r requirements.txt\n"
WHEELS = f"{BUILDER}RUN pip wheel -w /wheels -r requirements.txt\n"


def asked(text: str) -> list[str]:
    """Pip's requirements, as the final stage has them."""
    return [
        entry.requirement.raw for entry in requirements_of(parse_dockerfile(text.encode()).final, CONTEXT.get)
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{VENV}{FINAL}COPY --from=builder /opt/venv /opt/venv\n",
        f"{VENV}{FINAL}COPY --from=0 /opt/venv /opt/venv\n",
        f"{VENV}{FINAL}COPY --from=BUILDER /opt /opt\n",
        f"{VENV}{FINAL}COPY --from=builder /opt/venv/ /venv\n",
        f"{VENV}{FINAL}COPY --from=builder /opt/ven* /venv\n",
        f"{VENV}{FINAL}COPY --from=builder /opt/venv/lib/python3.12/site-packages /packages\n",
        f"{VENV}FROM python AS mid\nCOPY --from=builder /opt/venv /v\n{FINAL}COPY --from=mid /v /opt/venv\n",
        f"{VENV}{FINAL}COPY --from=builder /opt/venv /opt/venv\nFROM 1\n".replace("FROM 1", "FROM builder"),
        f"{BUILDER}RUN python -m venv /v\nENV PATH=/v/bin:$PATH\nRUN pip install -r requirements.txt\n"
        f"{FINAL}COPY --from=builder /v /v\n",
        f"{BUILDER}RUN python -m venv /v && . /v/bin/activate && pip install -r requirements.txt\n"
        f"{FINAL}COPY --from=builder /v /v\n",
        f"{BUILDER}WORKDIR /b\nCOPY requirements.txt .\nRUN python -m venv venv && venv/bin/pip install -r requirements.txt\n"
        f"{FINAL}COPY --from=builder /b/venv /b/venv\n",
        f"{BUILDER}RUN pip install --user -r requirements.txt\n{FINAL}COPY --from=builder /root/.local /root/.local\n",
        f"{BUILDER}RUN useradd -m me\nUSER me\nRUN pip install --user -r /requirements.txt\n"
        f"{FINAL}COPY --from=builder /home/me/.local /usr/local\n",
        f"{BUILDER}RUN pip install --prefix=/install -r requirements.txt\n{FINAL}COPY --from=builder /install /usr/local\n",
        f"{BUILDER}RUN pip install --target /deps -r requirements.txt\n{FINAL}COPY --from=builder /deps /deps\n",
        f"{BUILDER}RUN pip install -t /deps -r requirements.txt\n{FINAL}COPY --from=builder /deps/* /deps/\n",
        f"{BUILDER}ENV PIP_TARGET=/deps\nRUN pip install -r requirements.txt\n{FINAL}COPY --from=builder /deps /d\n",
        f"{BUILDER}RUN pip install -r requirements.txt\n{FINAL}COPY --from=builder /usr/local /usr/local\n",
        f"{BUILDER}RUN pip install -r requirements.txt\n"
        f"{FINAL}COPY --from=builder /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages\n",
        f"{BUILDER}RUN uv venv /v && uv pip install --python /v/bin/python -r requirements.txt\n"
        f"{FINAL}COPY --from=builder /v /v\n",
        f"{BUILDER}ENV VIRTUAL_ENV=/v\nRUN uv venv /v && uv pip install -r requirements.txt\n"
        f"{FINAL}COPY --from=builder /v /v\n",
        f"{BUILDER}WORKDIR /b\nRUN uv venv && uv pip install -r /requirements.txt\n{FINAL}COPY --from=builder /b/.venv /b/.venv\n",
        f"{BUILDER}RUN uv pip install --system -r requirements.txt\n{FINAL}COPY --from=builder /usr/local /usr/local\n",
        f"{WHEELS}{FINAL}COPY --from=builder /wheels /wheels\nRUN pip install /wheels/*\n",
        f"{WHEELS}{FINAL}COPY --from=builder /wheels /w\nRUN pip install --no-index /w/*.whl\n",
        f"{WHEELS}{FINAL}COPY --from=builder /wheels/*.whl /w/\nWORKDIR /w\nRUN pip install *.whl\n",
        f"{WHEELS}{FINAL}RUN --mount=type=bind,from=builder,source=/wheels,target=/w pip install /w/*\n",
        f"{WHEELS}{FINAL}COPY --from=builder /wheels /wheels\nCOPY --from=builder requirements.txt .\n"
        "RUN pip install --find-links=/wheels -r requirements.txt\n",
    ],
)
def test_what_another_stage_installed_is_followed(text: str) -> None:
    assert "flask==3.0.3" in asked(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{VENV}{FINAL}",
        f"{VENV}{FINAL}COPY --from=builder /app /app\n",
        f"{VENV}{FINAL}COPY --from=builder /opt/venv/bin /opt/venv/bin\n",
        f"{VENV}{FINAL}COPY --from=builder /usr/local /usr/local\n",
        f"{VENV}{FINAL}COPY --from=python:3.12 /opt/venv /opt/venv\n",
        f"{VENV}FROM python AS other\n{FINAL}COPY --from=other /opt/venv /opt/venv\n",
        f"{VENV}FROM python AS mid\nCOPY --from=builder /opt/venv /v\n{FINAL}COPY --from=mid /opt/venv /opt/venv\n",
        f"{VENV}{FINAL}COPY opt/venv /opt/venv\n",
        f"{VENV}{FINAL}RUN --mount=from=builder,source=/opt/venv,target=/opt/venv true\n",
        f"{BUILDER}RUN pip install --user -r requirements.txt\n{FINAL}COPY --from=builder /usr/local /usr/local\n",
        f"{BUILDER}RUN pip install --target=/deps -r requirements.txt\n{FINAL}COPY --from=builder /usr/local /usr/local\n",
        f"{WHEELS}{FINAL}COPY --from=builder /wheels /wheels\n",
        f"{WHEELS}{FINAL}COPY --from=builder /wheels /wheels\nRUN pip install /others/*\n",
        f"{WHEELS}{FINAL}RUN pip install /wheels/*\n",
    ],
)
def test_what_does_not_arrive_is_not_there(text: str) -> None:
    assert "flask==3.0.3" not in asked(text)


@pytest.mark.parametrize(
    ("copy", "path", "found"),
    [
        ("COPY *.txt .", "requirements.txt", True),
        ("COPY * ./", "requirements.txt", True),
        ("COPY . .", "requirements.txt", True),
        ("COPY [a-r]* ./", "requirements.txt", True),
        ("COPY requirements.tx? /r/", "/r/requirements.txt", True),
        ("COPY requirements.txt /r.txt", "/r.txt", True),
        ("COPY requirements.txt /x/", "x/requirements.txt", True),
        ("ADD *.txt /", "requirements.txt", True),
        ("COPY requirements*.txt /tmp/requirements.txt", "/tmp/requirements.txt", True),
        ("COPY requirements*.txt /r.txt", "/r.txt", True),
        ("COPY *.txt /tmp/requirements.txt", "/tmp/requirements.txt", True),
        ("COPY *.md /tmp/requirements.txt", "/tmp/requirements.txt", False),
        ("COPY requirements*.txt /r.txt", "/tmp/r.txt", False),
        ("COPY [s-z]* ./", "requirements.txt", False),
        ("COPY *.py ./", "requirements.txt", False),
        ("COPY */requirements.txt ./", "requirements.txt", False),
        ("COPY *.txt /x/", "requirements.txt", False),
        ("COPY requirements.txt /x", "requirements.txt", False),
    ],
)
def test_a_list_of_requirements_is_where_it_is_copied_to(copy: str, path: str, found: bool) -> None:  # noqa: FBT001
    text = f"FROM python:3.12-slim\n{copy}\nRUN pip install -r {path}\n"
    assert asked(text) == (["flask==3.0.3"] if found else [])


def test_many_ways_through_many_stages_are_counted() -> None:
    text = "FROM python AS s0\nRUN pip install --target=/d flask\n"
    for number in range(1, 15):
        text += f"FROM python AS s{number}\nCOPY --from=s{number - 1} / /a\nCOPY --from=s{number - 1} / /b\n"
    with pytest.raises(ParseError):
        asked(text)

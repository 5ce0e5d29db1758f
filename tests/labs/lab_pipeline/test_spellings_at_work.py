"""Honest spellings of a whole pipeline get full marks; a file that leaves its own network gets none for that."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from checks.lab import ROOT
from checks.outcomes import CheckResult, Outcome
from checks.reports import json_v1
from tests.forked import run_checks

pytestmark = pytest.mark.builds_lab("lab_pipeline")

LAB = "lab_pipeline"
SOLUTION = ROOT / "solutions" / LAB
LONG = """
x-limits: &limits
  mem_limit: 300m
  cpus: 0.4
services:
  serve:
    <<: *limits
    build: {context: ./serve, dockerfile: Dockerfile}
    ports: [{target: 5000, published: "80", protocol: tcp}]
    volumes: [{type: volume, source: store, target: /models/, read_only: true}]
    depends_on: {train: {condition: service_completed_successfully, restart: true}}
    restart: always
  train:
    <<: *limits
    build: ./train/
    networks: [apart]
    volumes: [{type: volume, source: store, target: /models}]
networks: {apart: {internal: true}}
volumes: {store: {name: rents, driver: local}}
"""
WAITRESS = """
FROM python:3.10-slim AS wheels
COPY requirements.txt .
RUN pip wheel --no-cache-dir --wheel-dir /wheels -r requirements.txt
FROM python:3.10-slim
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels pip install --no-index --no-cache-dir /wheels/*
COPY . /app/
WORKDIR /app
USER 1000:1000
ENTRYPOINT ["waitress-serve", "--port=5000"]
CMD ["app:app"]
"""
TARGET = """
FROM python:3.10-slim AS builder
COPY requirements.txt .
RUN pip install --no-cache-dir --target /packages -r requirements.txt
FROM python:3.10-slim
ENV PYTHONPATH=/packages
COPY --from=builder /packages /packages
RUN mkdir /models && chown 4321:4321 /models
USER 4321
COPY . /work
ENTRYPOINT exec python /work/train.py
"""


def graded(room: Path, files: Mapping[str, str]) -> dict[str, CheckResult]:
    """The checks of the solution with these files in the place of its own."""
    shutil.copytree(SOLUTION, room / "ada" / LAB)
    for name, text in files.items():
        (room / "ada" / LAB / name).write_text(text)
    done = run_checks(["grade", str(room / "ada"), "--lab", LAB, "--out", str(room / "out")], room / "said")
    assert (room / "out" / "ada.json").is_file(), done.stderr
    report = json_v1.load((room / "out" / "ada.json").read_text("utf-8"))
    return {check.id: check for check in report.checks}


def waitress() -> str:
    return (SOLUTION / "serve/requirements.txt").read_text().replace("gunicorn==23.0.0", "waitress==3.0.2")


@pytest.mark.usefixtures("engine")
def test_a_pipeline_in_other_words(tmp_path: Path) -> None:
    files = {"compose.yaml": LONG, "serve/Dockerfile": WAITRESS, "serve/requirements.txt": waitress()}
    found = graded(tmp_path, {**files, "train/Dockerfile": TARGET})
    lost = {check.id: check.actual for check in found.values() if check.outcome is not Outcome.PASS}
    assert not lost


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("service", ["train", "serve"])
def test_a_service_on_the_network_of_the_machine(tmp_path: Path, service: str) -> None:
    """It is refused before anything boots, so nothing that is judged at work is won."""
    text = (SOLUTION / "compose.yaml").read_text().replace("    network_mode: none\n", "")
    text = text.replace(f"    build: {service}\n", f"    build: {service}\n    network_mode: host\n")
    text = text.replace("    networks:\n      - public\n", "") if service == "serve" else text
    found = graded(tmp_path, {"compose.yaml": text})
    refused = found["model-passes-through-the-volume"]
    assert refused.outcome is Outcome.FAIL
    assert "network_mode" in refused.actual
    assert found["network-is-isolated"].outcome is Outcome.BLOCKED

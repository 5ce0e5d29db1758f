"""The app that the lab hands out, asked inside its own image: Flask is there, and not here."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from checks.engine import Engine
from checks.engine.docker_run import run_container
from checks.evidence.service.job import Job
from checks.evidence.submission.submission import open_submission
from checks.grading.engines import Engines
from checks.grading.evidence import SubmissionEvidence
from checks.lab import ROOT, load_lab
from checks.reports.progress import Progress

pytestmark = pytest.mark.builds_lab("lab_pipeline")

PYTHON = "/venv/bin/python"
ASK = """
import json, pathlib, app
store = app.STORE = pathlib.Path("/tmp")
client, said = app.app.test_client(), {}

def ask(name, path, **question):
    answer = client.post(path, **question) if question else client.get(path)
    said[name] = [answer.status_code, answer.get_json()]

ask("root", "/")
ask("not ready", "/health")
ask("no model", "/predict", json={"features": [1, 1]})
model = {"version": "v1", "features": ["area", "rooms"], "coefficients": [2.0, 10.0], "intercept": 5.0}
for name in ("model.json", "model-v1.json", "metrics.json"):
    (store / name).write_text(json.dumps(model))
ask("ready", "/health")
ask("predicted", "/predict", json={"features": [30, 2]})
for number, question in enumerate([[], {}, {"features": [1]}, {"features": ["1", 2]}, {"features": 1}, None]):
    ask(f"wrong {number}", "/predict", json=question)
(store / "model.json").write_text(json.dumps({**model, "version": "v2", "intercept": 0}))
(store / "model-v2.json").write_text("{}")
ask("anew", "/predict", json={"features": [1, 1]})
ask("models", "/models")
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Any]]:
    """The answers by name: status and content."""
    lab, step, room = load_lab("Pipeline"), Progress.silent().step, tmp_path_factory.mktemp("room")
    with open_submission(ROOT / "solutions") as solutions, Engines("auto", step, lab.id) as engines:
        evidence = SubmissionEvidence([lab], solutions, Path(room), engines, step).of(lab.id)
        image, (_, run) = evidence.built(lab.dockerfile).reference, engines.ready()
        with run_container(engine, run, image, command=[PYTHON, "-c", ASK]) as running:
            job = Job(running, 30, "by hand")
            assert job.exit_code() == 0, running.logs()
            yield job.printed()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ready", {"status": "ready", "model_version": "v1"}),
        ("predicted", {"prediction": 85.0, "model_version": "v1"}),
        ("anew", {"prediction": 12.0, "model_version": "v2"}),
        ("models", {"versions": ["v1", "v2"]}),
    ],
)
def test_what_it_says_of_a_model(said: Mapping[str, Any], name: str, content: object) -> None:
    assert said[name] == [200, content]


def test_where_to_go_on(said: Mapping[str, Any]) -> None:
    status, content = said["root"]
    assert status == 200
    assert "/predict" in content["message"]


@pytest.mark.parametrize("name", ["not ready", "no model"])
def test_without_a_model_it_says_so(said: Mapping[str, Any], name: str) -> None:
    assert said[name][0] == 503


@pytest.mark.parametrize("number", range(6))
def test_a_question_without_the_right_features(said: Mapping[str, Any], number: int) -> None:
    status, content = said[f"wrong {number}"]
    assert status == 422
    assert "area, rooms" in content["error"]

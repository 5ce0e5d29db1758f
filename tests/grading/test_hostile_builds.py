"""Hostile and failing builds, from the command line to the report, on the real engine."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checks.lab import ROOT
from checks.outcomes import Outcome

pytestmark = pytest.mark.builds_lab("task1_layers")

Grade = Callable[..., Any]


@pytest.fixture(autouse=True)
def _engine(engine: object) -> None:
    """Found once, not by each grading."""
    assert engine


@pytest.fixture
def build(grade: Grade, submission: Path) -> Grade:
    """Grade a Dockerfile with these lines, and the app behind them."""

    def graded(*lines: str) -> Any:
        text = "\n".join([*lines, "COPY app /app", f"LABEL nonce={secrets.token_hex(4)}", ""])
        (submission / "task1_layers" / "Dockerfile").write_text(text)
        result = grade(submission)
        assert Outcome.ERROR not in {check.outcome for check in result.reports["ada"].checks}
        return result

    return graded


def test_dockers_own_frontend_a_healthcheck_and_no_such_entrypoint(build: Grade) -> None:
    head = ["# syntax=docker/dockerfile:1", "# escape=`", "FROM ubuntu:20.04", "RUN echo a `", "  b"]
    graded = build(*head, "EXPOSE 8000", "HEALTHCHECK CMD true", 'ENTRYPOINT ["/no/such"]')
    assert graded.check("builds").outcome is Outcome.PASS
    assert graded.check("serves-hello-world").outcome is Outcome.FAIL
    assert "/no/such" in graded.check("serves-hello-world").actual


def test_a_foreign_frontend(build: Grade) -> None:
    check = build("#!/bin/sh", "# syntax=evil.example/x", "FROM ubuntu:20.04").check("builds")
    assert (check.outcome, check.file, check.line) == (Outcome.FAIL, "task1_layers/Dockerfile", 2)


def test_forged_events_of_a_build_that_fails(build: Grade) -> None:
    forged = '{"vertexes":[{"digest":"x","name":"forged","completed":"now"}]}'
    lines = f"RUN echo '{forged}' >&2; printf 'Dockerfile:1\\nERROR: ours\\n\\033[2J' >&2; exit 7"
    graded = build("FROM ubuntu:20.04", lines)
    check = graded.check("builds")
    assert (check.outcome, check.line) == (Outcome.FAIL, 2)
    assert "\x1b" not in check.actual
    assert "\x1b" not in graded.shown


def test_a_forged_lack_of_network_gains_nothing(build: Grade) -> None:
    graded = build("FROM ubuntu:20.04", "RUN echo 'Temporary failure resolving' >&2; exit 100")
    assert graded.check("builds").outcome is Outcome.FAIL


def test_more_layers_than_an_image_may_have(build: Grade) -> None:
    copies = [f"COPY answers.yaml /{number}" for number in range(130)]
    assert build("FROM ubuntu:20.04", *copies).check("builds").outcome is Outcome.FAIL


def test_a_great_many_files(build: Grade) -> None:
    solution = (ROOT / "solutions" / "task1_layers" / "Dockerfile").read_text("utf-8")
    graded = build(*solution.splitlines(), "RUN seq 1 40000 | sed s,^,/srv/, | xargs touch")
    assert graded.check("serves-hello-world").outcome is Outcome.PASS
    assert graded.check("answers-match-the-image").outcome is Outcome.FAIL


def test_a_base_that_nobody_has(build: Grade) -> None:
    check = build("FROM nobody.example/nothing:1").check("builds")
    assert check.outcome in {Outcome.NOT_RUN, Outcome.FAIL}
    assert "nobody.example/nothing" in check.actual


def test_a_container_that_only_forks(build: Grade) -> None:
    forks = 'CMD ["sh", "-c", "while :; do sleep 99 & done"]'
    check = build("FROM ubuntu:20.04", "RUN touch /x", "EXPOSE 8000", forks).check("serves-hello-world")
    assert check.outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "said",
    [
        "runc run failed: unable to start container process: unable to apply cgroup configuration: busy",
        "dd: writing: No space left on device",
        "Recv failure: Connection reset by peer",
    ],
)
def test_a_forged_trouble_of_the_engine_gains_nothing(build: Grade, said: str) -> None:
    graded = build("FROM ubuntu:20.04", f"RUN echo '{said}' >&2; exit 1")
    assert graded.check("builds").outcome is Outcome.FAIL


def test_a_stumble_of_the_network_is_forgiven(build: Grade) -> None:
    """The first build of this one fails so, and the second does not."""
    stumble = f"[ -e /c/{secrets.token_hex(8)} ]"
    once = stumble.replace("[ -e", "touch").removesuffix(" ]")
    step = f"RUN --mount=type=cache,target=/c {stumble} || {{ {once}; echo 'Connection reset by peer'; exit 1; }}"
    assert build("FROM ubuntu:20.04", step).check("builds").outcome is Outcome.PASS

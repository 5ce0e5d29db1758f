"""Assertions about a training: what it prints and learns, and what becomes of those who wait for it."""

from functools import partial
from math import isclose
from typing import TYPE_CHECKING

from checks.expect.basics import ABSENT
from checks.expect.composition import Place
from checks.expect.operation import within
from checks.outcomes import CheckFailed
from checks.sanitize import fenced, sanitize_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from checks.engine.container import Running
    from checks.engine.project.project import Up
    from checks.evidence.service.job import Job
    from checks.evidence.service.model import Model
    from checks.evidence.service.service import Answer

VERSION, ROWS = "model_version", "rows"
NEVER = "0001-01-01"  # the day at which the engine says that a container started which never did


def trained(job: "Job", rows: int) -> str:
    """Assert that the job ended well, and printed the metrics of a model of so many rows; return its version."""
    code, help = job.exit_code(), f"Run it yourself: `{job.by_hand}`. Its last lines say what is missing."
    if code != 0:
        late = f"it still runs after {job.seconds:g} s (its limit of time)"
        actual = late if code is None else job.running.ending()
        said = f"{actual}\nIts output:\n{fenced(job.running.logs())}"
        raise CheckFailed("a training that ends with exit code 0", said, help)
    metrics = job.printed()
    if metrics.get(ROWS) != rows or not isinstance(metrics.get(VERSION), str):
        raise CheckFailed(
            f"the metrics of a model as the last thing printed, among them `{VERSION}` and `{ROWS}`, which are "
            f"{rows}: the grader trains on rows of its own",
            f"it ended with exit code 0, and its output is\n{fenced(job.running.logs())}",
            help,
        )
    return str(metrics[VERSION])


def learnt(written: "Mapping[str, Any]", model: "Model", tolerance: float) -> None:
    """Assert that what the training wrote is this model; `tolerance` is relative."""
    numbers = [*_numbers(written.get("coefficients")), *_numbers([written.get("intercept")])]
    wanted = [*model.coefficients, model.intercept]
    same = len(numbers) == len(wanted) and all(map(partial(isclose, rel_tol=tolerance), numbers, wanted))
    if written.get("version") != model.version or not same:
        raise CheckFailed(
            f"the model of version `{sanitize_line(model.version)}` in the store, learnt from the rows of this run",
            f"another one: {len(numbers)} numbers, {', '.join(map(str, numbers[:5]))}" if written else ABSENT,
            "Run train.py as it is: it writes the model, and then prints its metrics.",
        )


def _numbers(found: object) -> list[float]:
    return [each for each in found if isinstance(each, float)] if isinstance(found, list) else []


def trained_anew(version: str, earlier: str) -> str:
    """Assert that this run of the training has learnt another model than an earlier one; return its version."""
    if version == earlier:
        raise CheckFailed(
            "a training that trains when it is run: each run has a version of its own",
            f"two runs with the same version `{sanitize_line(version)}`",
            "Train in the CMD and not in a RUN: what a build has trained is as old as the image.",
        )
    return version


def kept(answer: "Answer", version: str, place: Place) -> None:
    """Assert that the store, as the service lists it, still has this version of the model."""
    versions = answer.content.get("versions")
    if not isinstance(versions, list) or version not in versions:
        raise CheckFailed(
            f"`GET /models` lists version `{sanitize_line(version)}`, trained before `docker compose down`",
            f"status {answer.status} and\n{fenced(answer.text)}",
            "A volume with a name outlives its containers: name it under `volumes:` at the top of the file.",
            file=place.file,
            line=place.line,
        )


def keeps_down(training: "Job", serving: "Running | None", up: "Up", place: Place) -> None:
    """Assert that a training without success keeps the service from starting, and that `up` reports it."""
    code = training.exit_code()
    if not code:
        late = f"it still runs after {training.seconds:g} s (its limit of time)"
        said = late if code is None else "it ended with exit code 0"
        raise CheckFailed(
            "a training that is told to fail (`MAX_RMSE=-1`) ends with another exit code than 0",
            f"{said}, and its output is\n{fenced(training.running.logs())}",
            "Leave the exit code of train.py to the container: no loop, no `|| true`, no `; exit 0` behind it.",
        )
    expected = (
        f"no serving while the training has failed (exit code {code}), and a `docker compose up` that says so"
    )
    help = "`depends_on` has a long form, with a `condition`: service_completed_successfully."
    if serving is not None and not str(serving.inspect()["State"]["StartedAt"]).startswith(NEVER):
        actual = "serving was started all the same"
    elif up.succeeded:
        actual = "`docker compose up` reports success"
    else:
        return
    raise CheckFailed(expected, actual, help, file=place.file, line=place.line)


def stays_down(running: "Running", begun: str, seconds: float, place: Place) -> None:
    """Assert that a training that started at `begun` and was killed is not started again.

    The engine decides about a restart in the moment of the end, so there is nothing to wait for behind that.
    """

    def again() -> bool:
        facts = running.inspect()
        return bool(facts["RestartCount"]) or facts["State"]["StartedAt"] != begun

    within(seconds, lambda: running.is_over() or again())
    if again():
        policy = running.inspect()["HostConfig"]["RestartPolicy"].get("Name") or "no"
        raise CheckFailed(
            "a training that stays down when it was killed: it runs once, and somebody looks why it failed",
            f"it was started again; the restart policy in force is `{policy}`",
            '`restart: "no"` is what a service has without the key; write it with quotes.',
            file=place.file,
            line=place.line,
        )

"""Assertions about an ML service: its predictions, the keys it accepts, and the user it runs as."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from checks.evidence.service.service import Answer
from checks.expect.basics import present
from checks.expect.service import OK
from checks.outcomes import CheckFailed
from checks.sanitize import fenced, sanitize_line

if TYPE_CHECKING:
    from checks.evidence.service.model import Model
    from checks.evidence.service.processes import Process
    from checks.evidence.service.service import Service

NO_SUCH_PAGE = frozenset({404, 405, 501})
UNAUTHORISED = 401


def predicts(answer: Answer, model: "Model", features: Sequence[float], tolerance: float, help: str) -> None:
    """Assert that the answer is this model's prediction, with its version."""
    right, content = model.predict(features), answer.content
    given = content.get("prediction")
    is_right = isinstance(given, float) and math.isclose(given, right, rel_tol=tolerance)
    if answer.status != OK or not is_right or content.get("model_version") != model.version:
        raise CheckFailed(
            f'status {OK} and {{"prediction": {right:.4f}..., "model_version": "{model.version}"}} '
            f"for the features {list(features)}",
            f"status {answer.status} and\n{fenced(answer.text)}",
            help,
        )


def turned_away(answer: Answer, who: str, help: str) -> None:
    """Assert that the answer to this client, described by `who`, is 401."""
    if answer.status != UNAUTHORISED:
        raise CheckFailed(
            f"status {UNAUTHORISED} for {who}", f"status {answer.status} and\n{fenced(answer.text)}", help
        )


def let_in(answer: Answer, who: str, help: str) -> None:
    """Assert that the service accepts the key of this client, even if it rejects the request itself."""
    if answer.status == UNAUTHORISED:
        raise CheckFailed(
            f"another status than {UNAUTHORISED} for {who}",
            f"status {UNAUTHORISED}, as for a wrong key",
            help,
        )
    if answer.status in NO_SUCH_PAGE:
        said = f"status {answer.status}: whatever answers there, it takes no question and asks for no key"
        raise CheckFailed(f"the service of the lab, which answers {who}", said, help)


def served(answer: Answer, who: str, help: str) -> None:
    """Assert that the answer to this client is OK."""
    if answer.status != OK:
        raise CheckFailed(
            f"status {OK} for {who}", f"status {answer.status} and\n{fenced(answer.text)}", help
        )


def is_root(user: str) -> bool:
    """Whether a user (`name:group`, `0`) is root; "" is nobody in particular, for which the engine takes root."""
    name = user.partition(":")[0]
    return name in {"", "root"} or not name.lstrip("+-").strip("0")


def not_root(user: str, processes: Sequence["Process"], help: str) -> None:
    """Assert that neither the image config nor any process of the container has the user root."""
    if is_root(user):
        said_so = f"it is `{sanitize_line(user)}`" if user else "there is none, and that is root"
        raise CheckFailed("a user other than root in the image's configuration", said_so, help)
    for process in present(processes, "processes in the container", "It ended before anybody could look."):
        if process.uid == 0:
            actual = f"`{sanitize_line(process.command)}` runs with the user id 0"
            raise CheckFailed("no process of the container runs as root", actual, help)


def configured(service: "Service", environment: Mapping[str, str], version: str) -> None:
    """Assert that the service uses the log level and the model that its environment names."""
    help = (
        "Read `LOG_LEVEL` and `MODEL_PATH` with os.environ in app/settings.py, and set neither in the image."
    )
    told = " ".join(f"{name}={environment[name]}" for name in ("LOG_LEVEL", "MODEL_PATH"))
    level = str(service.get("/config").content.get("log_level"))
    if level.lower() != environment["LOG_LEVEL"]:
        raise CheckFailed(
            f"`GET /config` says `{environment['LOG_LEVEL']}` with {told}", f"`{sanitize_line(level)}`", help
        )
    answer = service.get("/health")
    if answer.content.get("model_version") != version:
        expected = f"`GET /health` says that model `{version}` is loaded, with {told}"
        raise CheckFailed(expected, f"status {answer.status} and\n{fenced(answer.text)}", help)

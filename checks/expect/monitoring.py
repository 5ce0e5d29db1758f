"""Assertions about a Prometheus that watches a service."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from checks.evidence.output import quote, visible_line
from checks.expect.failure import CheckFailed
from checks.expect.operation import within

if TYPE_CHECKING:
    from checks.evidence.service import Service
    from checks.parsing.compose import Compose

HELP = "Mount monitoring/prometheus.yml at /etc/prometheus/prometheus.yml, on the network of the service."


def runs(compose: "Compose", image: str) -> str:
    """A service runs this image, whichever its tag; returns its name."""
    for service in compose.services.values():
        if (service.image or "").removeprefix("docker.io/").partition(":")[0] == image:
            return service.name
    raise CheckFailed(f"a service with the image `{image}`", "there is none", HELP)


def has_sample(prometheus: "Service | None", metric: str, text: str, seconds: float, file: str) -> None:
    """Prometheus has a sample of this metric, with this text in a label."""
    said = "it did not start"
    if prometheus is not None:
        answers = [prometheus.get(f"/api/v1/query?{urlencode({'query': metric})}")]

        def is_there() -> bool:
            answers.append(prometheus.get(f"/api/v1/query?{urlencode({'query': metric})}"))
            return any(text in label for label in _labels(answers[-1].content))

        if within(seconds, is_there):
            return
        said = f"status {answers[-1].status} and\n{quote(answers[-1].text)}"
    expected = f"Prometheus knows `{visible_line(metric)}` of the service, {seconds:g} s after its start"
    raise CheckFailed(expected, said, HELP, file=file)


def _labels(content: Any) -> list[str]:
    """The labels of the samples in an answer of Prometheus' HTTP API; none of what has another form."""
    match content:
        case {"data": {"result": [*samples]}}:
            metrics = [sample.get("metric") for sample in samples if isinstance(sample, dict)]
            return [str(value) for metric in metrics if isinstance(metric, dict) for value in metric.values()]
    return []

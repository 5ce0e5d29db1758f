"""Assertions about a Prometheus that watches a service."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from checks.expect.basics import ABSENT
from checks.expect.operation import within
from checks.outcomes import CheckFailed
from checks.parsing.text.image_reference import ImageReference
from checks.parsing.text.problems import Refused
from checks.sanitize import fenced, sanitize_line, shortened

if TYPE_CHECKING:
    from checks.evidence.service.service import Service
    from checks.parsing.compose import Compose

HELP = "Mount monitoring/prometheus.yml at /etc/prometheus/prometheus.yml, on the network of the service."
GENUINE = "`image: {}:v2.53.0`, and no `build`: the image is there, and has its own program."


def runs(compose: "Compose", image: str) -> str:
    """Assert that a service runs this image, with any tag, without a build; return the service's name."""
    named = [service for service in compose.services.values() if is_of(service.image or "", image)]
    for service in named:
        if service.build is None:
            return service.name
    expected = f"a service with the image `{image}`"
    if not named:
        raise CheckFailed(expected, _others(compose), HELP)
    built = f"the service `{sanitize_line(named[0].name)}` is built: what it calls `{image}` is an image of its own"
    raise CheckFailed(expected, built, GENUINE.format(image), line=named[0].line_of("build"))


def _others(compose: "Compose") -> str:
    """List the file's images: one may be a typing error, or come from a variable that is not set."""
    nodes = [node for service in compose.services.values() if (node := service.node.get("image")) is not None]
    shown = ", ".join(f"`{sanitize_line(shortened(node.text))}`{node.note}" for node in nodes)
    return f"the images of this file: {shown}" if shown else ABSENT


def is_of(written: str, image: str) -> bool:
    """Whether this is the image of Docker Hub with that name, regardless of its tag or digest."""
    try:
        name = ImageReference.parse(written)
    except Refused:
        return False
    return (name.domain, name.path) == ("", image)


def has_sample(prometheus: "Service | None", metric: str, text: str, seconds: float, file: str) -> None:
    """Assert that Prometheus has a sample of this metric, with this text in a label."""
    said = "it did not start"
    if prometheus is not None:
        answers = [prometheus.get(f"/api/v1/query?{urlencode({'query': metric})}")]

        def is_there() -> bool:
            answers.append(prometheus.get(f"/api/v1/query?{urlencode({'query': metric})}"))
            return any(text in label for label in _labels(answers[-1].content))

        if within(seconds, is_there):
            return
        said = f"status {answers[-1].status} and\n{fenced(answers[-1].text)}"
    expected = f"Prometheus knows `{sanitize_line(metric)}` of the service, {seconds:g} s after its start"
    raise CheckFailed(expected, said, HELP, file=file)


def _labels(content: Any) -> list[str]:
    """Return the labels of the samples in an answer of Prometheus' HTTP API; empty for any other content."""
    match content:
        case {"data": {"result": [*samples]}}:
            metrics = [sample.get("metric") for sample in samples if isinstance(sample, dict)]
            return [str(value) for metric in metrics if isinstance(metric, dict) for value in metric.values()]
    return []

"""Trivy's findings in an image and in its Dockerfile, as one list: secrets and misconfigurations.

A secret counts in the Dockerfile, in the image config and in each layer above the base: what the base has is not
the student's.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from checks.parsing.scans.trivy_report import TrivyReport
from checks.parsing.scans.trivy_result import FAILED, GRAVE, Misconfiguration, Result, Secret

WITHOUT_SECRETS = "Keep secrets out of the build context and out of the Dockerfile, and build again."
# Trivy splits a comment at blanks, and reads `trivy:exp:2030-01-01:ignore:DS-0002` as one of its words.
_WORD, _EXCUSE = re.compile(rb"[^ \n]+"), re.compile(rb"\b(trivy|tfsec):")


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; `line` is that of the Dockerfile, None for what is in the image.

    `id` and `title` are Trivy's.
    """

    id: str
    title: str
    severity: str
    message: str
    resolution: str
    line: int | None = None


def without_exceptions(dockerfile: bytes) -> bytes:
    """Return the Dockerfile with comments in which it excuses itself made void; lines and lengths stay."""
    return _WORD.sub(_without_excuse, dockerfile)


def _without_excuse(word: re.Match[bytes]) -> bytes:
    """Return a word in which no `trivy:` is before an `ignore`; in time that grows as its length does."""
    before, ignore, after = word[0].rpartition(b"ignore")
    return _EXCUSE.sub(rb"\1_", before) + ignore + after


def in_dockerfile(report: TrivyReport, last: int) -> Iterator[Finding]:
    """Yield the findings of a report on a Dockerfile; what is missing is missing at `last`, the final FROM."""
    for result in report.results:
        yield from (_failed(each, last) for each in result.misconfigurations if _counts(each))
        for secret in result.secrets:
            if secret.severity in GRAVE:
                yield _secret(secret, "", secret.start_line)


def in_image(report: TrivyReport, base_layers: Collection[str]) -> Iterator[Finding]:
    """Yield the secrets in a report on an image, those in the base's layers aside."""
    for result in report.results:
        for secret in result.secrets:
            if secret.severity in GRAVE and secret.layer.diff_id not in base_layers:
                yield _secret(secret, _place(result, secret))


def _counts(found: Misconfiguration) -> bool:
    return found.severity in GRAVE and found.status == FAILED


def _failed(found: Misconfiguration, last: int) -> Finding:
    line = found.cause_metadata.start_line or last
    return Finding(found.id, found.title, found.severity, found.message, found.resolution, line)


def _secret(found: Secret, place: str, line: int | None = None) -> Finding:
    return Finding(found.id, found.title, found.severity, place, WITHOUT_SECRETS, line)


def _place(result: Result, secret: Secret) -> str:
    if not secret.layer.diff_id:
        return "in the image's configuration or history"
    made = f", in the layer of `{secret.layer.created_by}`" if secret.layer.created_by else ""
    return f"in line {secret.start_line} of `{result.target}`{made}"

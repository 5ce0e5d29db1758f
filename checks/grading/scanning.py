"""Run Trivy on a student's image and Dockerfile; only secrets and misconfigurations, which need no data base."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from checks.engine.errors import EngineError
from checks.engine.image_layout import ImageTooLarge, image_layout
from checks.engine.retry import again
from checks.engine.scanners import FILES, MAX_REPORT, REPORT, TRIVY, ReportTooLarge, ScannerStopped, scan
from checks.evidence.image.kept import kept
from checks.evidence.image.kept_layout import kept_layout
from checks.evidence.image.scanned import Finding, in_dockerfile, in_image, without_exceptions
from checks.evidence.submission.limits import size_text
from checks.outcomes import CheckFailed, NotRun
from checks.parsing.scans.trivy_report import TrivyReport, parse_trivy_report
from checks.parsing.text.problems import ParseError

if TYPE_CHECKING:
    from checks.engine.engine import Engine
    from checks.evidence.image.built import Built
    from checks.grading.evidence import LabEvidence

MAX_IMAGE: Final = 4 * 1024**3  # bytes of the saved image
LAYOUT, DOCKERFILE = "image", "Dockerfile"
_ALONE: Final = (
    "--offline-scan",
    "--skip-check-update",
    "--skip-version-check",
    "--disable-telemetry",
    *("--cache-dir", "/tmp/trivy"),  # noqa: S108 - in the container
    *("--severity", "HIGH,CRITICAL"),
    *("--format", "json"),
    *("--output", REPORT),
)
_ON_DOCKERFILE: Final = ("fs", "--scanners", "secret,misconfig", *_ALONE, f"{FILES}/{DOCKERFILE}")
_ON_IMAGE: Final = (
    *("image", "--scanners", "secret", "--image-config-scanners", "secret"),
    *_ALONE,
    *("--input", f"{FILES}/{LAYOUT}"),
)


def findings(evidence: "LabEvidence", name: str) -> tuple[Finding, ...]:
    """Return what Trivy calls HIGH or CRITICAL in this Dockerfile and in its image, each once.

    Raises `NotRun` if Trivy cannot be had, or cannot read the image within its limits.
    """
    return tuple(dict.fromkeys((*dockerfile_findings(evidence, name), *image_findings(evidence, name))))


def dockerfile_findings(evidence: "LabEvidence", name: str) -> Iterator[Finding]:
    """Yield misconfigurations and secrets in the Dockerfile, without listening to exceptions in its comments."""
    folder, last = _folder(evidence, name), evidence.dockerfile(name).final.line
    _put(folder / DOCKERFILE, without_exceptions(evidence.handed_in(name)))
    yield from in_dockerfile(_report(evidence, name, folder, _ON_DOCKERFILE), last)


def image_findings(evidence: "LabEvidence", name: str) -> Iterator[Finding]:
    """Yield secrets in the image, those of its base aside."""
    folder, built = _folder(evidence, name), evidence.built(name)
    engine, _ = evidence.engines.ready()
    try:
        with _layout(engine, built, folder / LAYOUT):
            yield from in_image(_report(evidence, name, folder, _ON_IMAGE), built.base_layers)
    except ImageTooLarge:
        raise NotRun(f"the image has more than {size_text(MAX_IMAGE)}, and Trivy is not asked") from None
    except (OSError, LookupError, ValueError) as broken:
        raise EngineError(("docker", "save", built.reference), 1, str(broken)) from broken


def _layout(engine: "Engine", built: "Built", folder: Path) -> AbstractContextManager[None]:
    """Write the image for Trivy: what is above its base if the engine's files are ours, else all of it."""
    if found := kept(engine, built.reference):
        return kept_layout(found, len(built.layers) - len(built.own_layers), folder, MAX_IMAGE)
    return image_layout(engine, built.reference, folder, MAX_IMAGE)


def _folder(evidence: "LabEvidence", name: str) -> Path:
    return evidence.folder(f"scanned-{name.replace('/', '-')}")


def _report(evidence: "LabEvidence", name: str, folder: Path, words: Sequence[str]) -> TrivyReport:
    engine, run = evidence.engines.ready()
    image = _image(evidence, engine, name, folder)
    try:
        with evidence.step(f"asks Trivy about {evidence.path_of(name)} ({words[0]})"):
            said = again(EngineError)(scan)(engine, run, TRIVY, words, image=image, folder=folder)
        return parse_trivy_report(said, "Trivy's report")
    except ScannerStopped as stopped:
        raise NotRun(str(stopped)) from None
    except ReportTooLarge:
        raise CheckFailed(
            "no secret and no misconfiguration that Trivy calls HIGH or CRITICAL",
            f"so many that the report on them has more than {size_text(MAX_REPORT)}",
            "Look at the image with Trivy yourself: what is in there that the service does not need?",
            file=evidence.path_of(name),
        ) from None
    except ParseError as broken:  # Trivy wrote it, not the student
        raise EngineError(("trivy", *words), 0, broken.message) from broken


def _image(evidence: "LabEvidence", engine: "Engine", name: str, folder: Path) -> str:
    """Return the image that Trivy runs in: the lab's base if its program can be mounted, else its own."""
    fits = TRIVY.fits(engine)
    image = evidence.engines.base(evidence.lab.images[name].base).image_id if fits else _own_image(evidence)
    for place in (folder, *([TRIVY.program.parent] if fits else [])):
        evidence.engines.require_visible(place, image)
    return image


def _own_image(evidence: "LabEvidence") -> str:
    try:
        return evidence.engines.own_image(TRIVY.image)
    except NotRun as missing:
        how = "`make tools` brings it where it has a wheel, else its image is needed"
        raise NotRun(f"Trivy is not here: {how} ({missing})") from None


def _put(path: Path, data: bytes) -> None:
    """Write a file that the container's user may read, whatever the umask."""
    path.write_bytes(data)
    path.chmod(0o644)

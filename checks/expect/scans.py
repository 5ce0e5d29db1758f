"""Assertions about scans of an image: Trivy's report, and its findings."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from checks.expect.service import same_version
from checks.outcomes import CheckFailed
from checks.parsing.packages.specifiers import truth_of
from checks.parsing.scans.trivy_report import IMAGE, TrivyReport
from checks.parsing.scans.trivy_result import GRAVE, Vulnerability
from checks.parsing.text.image_reference import ImageReference
from checks.parsing.text.problems import Refused
from checks.sanitize import sanitize_line, shortened

if TYPE_CHECKING:
    from checks.evidence.image.scanned import Finding
    from checks.parsing.packages.specifiers import Requirement
    from checks.parsing.scans.trivyignore import Ignored

LISTED: Final = 10  # in one message; the rest are counted
AGAIN: Final = "Build the image again, and scan it then: the report is for what you hand in."
ALPINE: Final = "alpine"
_PYTHON: Final = "PYTHON_VERSION"  # which the official images of Python set
_SYSTEMS: Final = frozenset({"debian", "ubuntu", ALPINE})


def scan_is_of(report: TrivyReport, base: str, requirements: "Sequence[Requirement]") -> None:
    """Assert that the report is of an image made from `base` with these requirements in their pinned versions.

    A report of a folder, of an image on another base, without packages, or older than the requirements fails.
    Bases other than Python, Debian, Ubuntu and Alpine are not compared, nor requirements without an exact version,
    or with a marker that is not true for every machine with this Python.
    """
    what = "a report of Trivy on an image"
    if report.artifact_type != IMAGE:
        said = f"it is of a `{shown(report.artifact_type) or 'nothing'}`: {shown(report.artifact_name)}"
        raise CheckFailed(what, said, f"Scan the image, and not the folder. {AGAIN}")
    if not report.has_system_packages or not report.python_packages:
        kind = "Python packages" if report.has_system_packages else "packages of the system"
        said = f"it lists no {kind}, and so cannot tell what was looked at"
        raise CheckFailed(what, said, f"Leave the list of packages in (`--list-all-pkgs`). {AGAIN}")
    for is_like, said in _signs(report, base):
        if not is_like:
            raise CheckFailed(f"a report on an image from {base}", said, AGAIN)
    python = report.environment.get(_PYTHON, "")
    for wanted in requirements:
        if wanted.version and truth_of(wanted.marker, python) == "always":
            _has(report.python_packages, wanted)


def _signs(report: TrivyReport, base: str) -> Iterator[tuple[bool, str]]:
    """Yield what shows which base it is, and whether it is this one."""
    try:
        image = ImageReference.parse(base)
    except Refused:
        return
    version, *variants = image.tag.split("-")
    family, release = report.system.family, report.system.name
    system = f"the scanned image has {shown(f'{family} {release}'.strip()) or 'no system that Trivy knows'}"
    if image.path == "python":
        is_alpine = any(variant.startswith(ALPINE) for variant in variants)
        yield family == (ALPINE if is_alpine else "debian"), system
        python = report.environment.get(_PYTHON, "")
        said = f"{_PYTHON} is {shown(python)} in it" if python else f"it has no {_PYTHON}"
        yield bool(python) and _begins(python, version), said
    elif image.path in _SYSTEMS:
        yield family == image.path and _begins(release, version), system


def _begins(version: str, tag: str) -> bool:
    """Whether a tag stands for a version: 3.12 does for 3.12.7, `latest` and `slim` for all of them."""
    return not tag[:1].isdigit() or f"{version}.".startswith(f"{tag}.")


def _has(packages: Mapping[str, frozenset[str]], wanted: "Requirement") -> None:
    found = packages.get(wanted.name, frozenset())
    if not any(same_version(version, wanted.version) for version in found):
        said = f"{wanted.name} {versions(found)}" if found else f"there is no {wanted.name}"
        raise CheckFailed(
            f"a report on an image with {wanted.name} {wanted.version}, as your requirements ask for it",
            f"{said} in the scanned image: the report is older than your requirements, or of another image",
            AGAIN,
        )


def versions(versions: frozenset[str]) -> str:
    return " and ".join(map(shown, sorted(versions)))


def nothing_fixable_left(
    report: TrivyReport, ignored: "Sequence[Ignored]", today: date, exceptions: str
) -> None:
    """Assert that each HIGH or CRITICAL vulnerability with a fix is ignored, with a reason, until a later day.

    `exceptions` is the name of the file in which the student ignores them.
    """
    left = list(dict.fromkeys(_left(report, ignored, today)))
    if left:
        raise CheckFailed(
            "no vulnerability that is HIGH or CRITICAL and has a fix",
            "\n".join(some(left)),
            "Take the version with the fix, build and scan again. If you cannot, accept it in "
            f"`{exceptions}`: its `id`, a `statement` that says why, and a day `expired_at` to look at it again.",
        )


def _left(report: TrivyReport, ignored: "Sequence[Ignored]", today: date) -> Iterator[str]:
    for target, found in report.vulnerabilities:
        if found.severity in GRAVE and found.fixed_version:
            named = [entry for entry in ignored if entry.is_for(target, found)]
            faults = [_fault(entry, today) for entry in named]
            if "" not in faults:
                yield _told(found) + "".join(f"; the exception in {fault}" for fault in faults[:1])


def _fault(entry: "Ignored", today: date) -> str:
    """Return why an exception does not count, behind its place; "" if it does."""
    where = f"line {entry.line} of {entry.file}"
    if not entry.statement:
        return f"{where} has no `statement`"
    if entry.expired_at is None:
        return f"{where} has no `expired_at`"
    return f"{where} expired on {entry.expired_at}" if entry.is_expired(today) else ""


def _told(found: Vulnerability) -> str:
    words = (found.severity, found.id, "in", found.package, found.installed_version)
    return f"{' '.join(map(shown, words))}: {shown(found.fixed_version)} fixes it"


def some(stories: Sequence[str]) -> Sequence[str]:
    rest = len(stories) - LISTED
    return [*stories[:LISTED], *([f"and {rest} more like these"] if rest > 0 else [])]


def no_secret_and_no_misconfiguration(findings: "Sequence[Finding]", file: str) -> None:
    """Assert that Trivy found nothing in image and Dockerfile; `file` is the Dockerfile's name in reports."""
    if findings:
        first = next((finding for finding in findings if finding.line), findings[0])
        ordered = [first, *(finding for finding in findings if finding is not first)]
        raise CheckFailed(
            "no secret and no misconfiguration that Trivy calls HIGH or CRITICAL",
            "\n".join(some(list(map(_finding, ordered)))),
            sanitize_line(first.resolution),
            file=file,
            line=first.line,
        )


def _finding(finding: "Finding") -> str:
    where = f"line {finding.line}: " if finding.line else ""
    message = f": {finding.message}" if finding.message else ""
    return f"{where}{finding.severity} {finding.id}, {sanitize_line(finding.title + message)}"


def shown(text: str) -> str:
    """Return a text of a student's file for a message."""
    return sanitize_line(shortened(text))

"""Scan a lab's image by hand: its vulnerabilities, its inventory, and what slim leaves of it. Nothing here grades.

Trivy downloads its data base of vulnerabilities when it scans, so it gets the person's environment, where a proxy
and certificates may be set.
"""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from checks.engine.scanners import SYFT, TRIVY, Scanner
from checks.evidence.image.figures import MEGA
from checks.sections import ScanSettings
from checks.workbench.context import Workbench
from checks.workbench.external_tools import SOCKET
from checks.workbench.images import have_image

NO_REPORT = (
    "There is no new report: Trivy says above why. If it cannot download its data base of vulnerabilities, scan on "
    "a machine that can, or copy the folder `db` of Trivy's cache (~/.cache/trivy) from one, and say "
    "`TRIVY_SKIP_DB_UPDATE=true make scan{target}`."
)
SLIM_IMAGE = "dslim/slim:latest"
_IN_CONTAINER = "/report"


def scan(bench: Workbench) -> int:
    """Write Trivy's report on the vulnerabilities of the image into the lab's folder."""
    words = ("image", "--image-src", "docker", "--scanners", "vuln", "--list-all-pkgs", "--format", "json")
    status = _write(bench, TRIVY, _files(bench)["report"], (*words, "--output", "{file}", bench.tag))
    if status:
        print(NO_REPORT.format(target=bench.lab.target), file=sys.stderr)
    return status


def sbom(bench: Workbench) -> int:
    """Write Syft's inventory of the image, in CycloneDX, into the lab's folder."""
    words = ("scan", f"docker:{bench.tag}", "--output", "cyclonedx-json={file}")
    return _write(bench, SYFT, _files(bench)["inventory"], words)


def _files(bench: Workbench) -> Mapping[str, Path]:
    """Return where the lab wants its report and its inventory."""
    asked = bench.lab.asks(ScanSettings).scans
    return {"report": bench.lab.folder / asked.report, "inventory": bench.lab.folder / asked.inventory}


def _write(bench: Workbench, scanner: Scanner, file: Path, words: tuple[str, ...]) -> int:
    """Let a scanner write a new file, which replaces the old one only if the scanner succeeds."""
    have_image(bench)
    fresh = file.with_name(f"{file.name}.new")
    try:
        if status := _call(bench, scanner, fresh, words):
            return status
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    print(f"{bench.lab.id}/{file.name} is written.", file=sys.stderr)
    return 0


def _call(bench: Workbench, scanner: Scanner, file: Path, words: tuple[str, ...]) -> int:
    """Run a scanner's program, or else its image."""
    if scanner.program.is_file():
        command = [str(scanner.program), *(word.format(file=file) for word in words)]
        return bench.call(command, {**os.environ, **bench.engine.environment})
    mounts = [*SOCKET, "--volume", f"{file.parent}:{_IN_CONTAINER}"]
    inside = [word.format(file=f"{_IN_CONTAINER}/{file.name}") for word in words]
    return bench.docker("run", "--rm", *mounts, scanner.image, *inside)


def slim(bench: Workbench) -> int:
    """Make a smaller image with slim, which runs the image to see which files it needs; print both sizes."""
    have_image(bench)
    smaller = f"{bench.tag}-slim"
    words = ["build", "--target", bench.tag, "--tag", smaller, "--expose", str(bench.lab.port)]
    if program := shutil.which("slim"):
        status = bench.call([program, *words], {**os.environ, **bench.engine.environment})
    else:
        status = bench.docker("run", "--rm", *SOCKET, SLIM_IMAGE, *words)
    if status == 0:
        before, after = (_size(bench, tag) for tag in (bench.tag, smaller))
        print(f"{bench.tag}: {before / MEGA:.1f} MB\n{smaller}: {after / MEGA:.1f} MB, {after / before:.0%}")
    return status


def _size(bench: Workbench, tag: str) -> int:
    """Return the size of an image as `docker images` shows it."""
    return int(bench.engine.client.images.get(tag).attrs["Size"])

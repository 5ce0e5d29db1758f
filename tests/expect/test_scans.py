"""A scan counts for the image that is handed in, and what is left in it is accepted with a reason and an end."""

import json
import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from checks.evidence.image.scanned import Finding, in_dockerfile, in_image, without_exceptions
from checks.expect.inventories import inventory_is_of
from checks.expect.scans import (
    LISTED,
    no_secret_and_no_misconfiguration,
    nothing_fixable_left,
    scan_is_of,
)
from checks.outcomes import CheckFailed
from checks.parsing.packages.specifiers import parse_requirement
from checks.parsing.scans.inventory import Inventory
from checks.parsing.scans.trivy_report import TrivyReport, parse_trivy_report
from checks.parsing.scans.trivyignore import parse_trivyignore

BASE = "python:3.12-slim"
TODAY = date(2026, 11, 26)
FLASK = {"Name": "Flask", "Version": "3.0.3"}
FIXED = {
    "VulnerabilityID": "CVE-2024-1",
    "PkgName": "Werkzeug",
    "InstalledVersion": "3.0.0",
    "FixedVersion": "3.0.6",
    "Severity": "HIGH",
    "Status": "fixed",
}


def report(  # noqa: PLR0913 - each is one side of a report
    *,
    kind: str = "container_image",
    system: tuple[str, str] = ("debian", "12.7"),
    python: str | None = "3.12.7",
    system_packages: Sequence[Mapping[str, str]] = ({"Name": "libc6", "Version": "2.36"},),
    packages: Sequence[Mapping[str, str]] = (FLASK,),
    found: Sequence[Mapping[str, Any]] = (),
) -> TrivyReport:
    """A report as Trivy writes it."""
    environment = [f"PYTHON_VERSION={python}"] if python else []
    document = {
        "SchemaVersion": 2,
        "ArtifactName": "service:1",
        "ArtifactType": kind,
        "Metadata": {
            "OS": {"Family": system[0], "Name": system[1]},
            "ImageConfig": {"config": {"Env": ["PATH=/bin", *environment]}},
        },
        "Results": [
            {"Target": "service:1", "Class": "os-pkgs", "Type": system[0], "Packages": system_packages},
            {"Target": "Python", "Class": "lang-pkgs", "Type": "python-pkg", "Packages": packages},
            {"Target": "Python", "Class": "lang-pkgs", "Type": "python-pkg", "Vulnerabilities": found},
        ],
    }
    return parse_trivy_report(json.dumps(document).encode(), "scan.json")


def is_of(scanned: TrivyReport, base: str = BASE, *requirements: str) -> None:
    scan_is_of(scanned, base, [parse_requirement(text) for text in requirements])


@pytest.mark.parametrize(
    ("scanned", "base", "requirements"),
    [
        (report(), BASE, ["flask==3.0.3"]),
        (report(), BASE, ["FLASK == 3.0.3.0", "numpy>=1", "-"]),
        (report(), BASE, ["tomli==2.0.1; python_version < '3.11'", "x==1; platform_machine == 'arm64'"]),
        (report(), "docker.io/library/python:3.12.7-slim-bookworm", []),
        (report(), "python", []),
        (report(), "python:slim@sha256:" + "0" * 64, []),
        (report(system=("alpine", "3.20.1")), "python:3.12-alpine3.20", []),
        (report(system=("debian", "12.7"), python=None), "debian:12-slim", []),
        (report(system=("debian", "12.7"), python=None), "debian:bookworm", []),
        (report(system=("ubuntu", "24.04"), python=None), "ubuntu:24.04", []),
        (report(system=("wolfi", "1")), "registry.example/own/base:1", ["flask==3.0.3"]),
    ],
)
def test_it_is_of_this_image(scanned: TrivyReport, base: str, requirements: Sequence[str]) -> None:
    is_of(scanned, base, *requirements)


@pytest.mark.parametrize(
    ("scanned", "base", "requirements", "said"),
    [
        (report(kind="filesystem"), BASE, [], "`filesystem`"),
        (report(kind="cyclonedx"), BASE, [], "`cyclonedx`"),
        (report(kind=""), BASE, [], "`nothing`"),
        (report(system_packages=()), BASE, [], "no packages of the system"),
        (report(packages=()), BASE, [], "no Python packages"),
        (report(python="3.11.9"), BASE, [], "PYTHON_VERSION is 3.11.9"),
        (report(python="3.1.2"), BASE, [], "PYTHON_VERSION is 3.1.2"),
        (report(python="3.12.7"), "python:3.1-slim", [], "PYTHON_VERSION is 3.12.7"),
        (report(python=None), BASE, [], "no PYTHON_VERSION"),
        (report(system=("alpine", "3.20")), BASE, [], "alpine 3.20"),
        (report(), "python:3.12-alpine", [], "debian 12.7"),
        (report(system=("debian", "11.2")), "debian:12", [], "debian 11.2"),
        (report(system=("", "")), BASE, [], "no system that Trivy knows"),
        (report(), BASE, ["flask==3.1.0"], "flask 3.0.3"),
        (report(), BASE, ["flask==3.0.3", "gunicorn==22.0.0"], "no gunicorn"),
        (report(), BASE, ["gunicorn==22.0.0; python_version >= '3.11'"], "no gunicorn"),
    ],
)
def test_it_is_of_another(scanned: TrivyReport, base: str, requirements: Sequence[str], said: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        is_of(scanned, base, *requirements)
    assert said in caught.value.actual
    assert caught.value.help


def left(found: Sequence[Mapping[str, Any]], exceptions: str = "") -> str:
    """What is said to be left; "" for nothing."""
    accepted = parse_trivyignore(f"vulnerabilities:\n{exceptions}".encode(), ".trivyignore.yaml")
    try:
        nothing_fixable_left(report(found=found), accepted, TODAY, ".trivyignore.yaml")
    except CheckFailed as failed:
        return failed.actual
    return ""


@pytest.mark.parametrize(
    ("found", "exceptions"),
    [
        ([], ""),
        ([{**FIXED, "FixedVersion": ""}], ""),
        ([{**FIXED, "Severity": "MEDIUM"}], ""),
        ([FIXED], "  - {id: CVE-2024-1, statement: no debugger here, expired_at: 2026-11-27}"),
        ([FIXED], '  - {id: CVE-2024-1, statement: no debugger, expired_at: "2027-01-01", paths: [Python]}'),
        ([FIXED], "  - {id: CVE-2024-1}\n  - {id: CVE-2024-1, statement: why, expired_at: 2027-01-01}"),
    ],
)
def test_nothing_is_left(found: Sequence[Mapping[str, Any]], exceptions: str) -> None:
    assert left(found, exceptions) == ""


@pytest.mark.parametrize(
    ("found", "exceptions", "said"),
    [
        ([FIXED], "", "3.0.6 fixes it"),
        ([{**FIXED, "Severity": "CRITICAL"}], "", "CRITICAL CVE-2024-1"),
        ([FIXED], "  - {id: CVE-2024-2, statement: why, expired_at: 2027-01-01}", "3.0.6 fixes it"),
        (
            [FIXED],
            "  - {id: CVE-2024-1, expired_at: 2027-01-01}",
            "line 2 of .trivyignore.yaml has no `statement`",
        ),
        ([FIXED], '  - {id: CVE-2024-1, statement: " ", expired_at: 2027-01-01}', "no `statement`"),
        ([FIXED], "  - {id: CVE-2024-1, statement: why}", "no `expired_at`"),
        ([FIXED], "  - {id: CVE-2024-1, statement: why, expired_at: 2026-11-26}", "expired on 2026-11-26"),
        ([FIXED], "  - {id: CVE-2024-1, statement: why, expired_at: 2027-01-01, paths: [a]}", "fixes it"),
        ([{**FIXED, "PkgName": "\x1b[2Jx"}], "", r"\x1b"),
    ],
)
def test_something_is_left(found: Sequence[Mapping[str, Any]], exceptions: str, said: str) -> None:
    assert said in left(found, exceptions)
    assert "\x1b" not in left(found, exceptions)


def test_a_thousand_are_counted() -> None:
    actual = left([{**FIXED, "VulnerabilityID": f"CVE-{number}"} for number in range(1000)])
    assert len(actual.splitlines()) == LISTED + 1
    assert f"{1000 - LISTED} more" in actual


ROOT_USER = Finding("DS-0002", "No root", "HIGH", "Specify a USER", "Add a USER", 1)
KEY = Finding("aws-access-key-id", "AWS Access Key ID", "CRITICAL", "in `/app/.env`", "Keep it out")


def test_no_findings() -> None:
    no_secret_and_no_misconfiguration([], "lab/Dockerfile")


@pytest.mark.parametrize(
    ("findings", "line"),
    [([KEY], None), ([ROOT_USER], 1), ([KEY, ROOT_USER], 1)],
    ids=["secret", "root", "both"],
)
def test_findings_are_placed(findings: Sequence[Finding], line: int | None) -> None:
    with pytest.raises(CheckFailed) as caught:
        no_secret_and_no_misconfiguration(findings, "lab/Dockerfile")
    assert (caught.value.file, caught.value.line) == ("lab/Dockerfile", line)
    assert all(finding.id in caught.value.actual for finding in findings)
    assert all(finding.title in caught.value.actual for finding in findings)


def findings_report(*results: Mapping[str, Any]) -> TrivyReport:
    return parse_trivy_report(json.dumps({"SchemaVersion": 2, "Results": results}).encode(), "scan.json")


def secret(layer: str = "", severity: str = "CRITICAL") -> Mapping[str, Any]:
    made = {"DiffID": layer, "CreatedBy": "COPY . ."}
    return {"RuleID": "key", "Severity": severity, "StartLine": 3, "Match": "****", "Layer": made}


@pytest.mark.parametrize(
    ("found", "places"),
    [
        ([secret("sha256:own")], ["in line 3 of `/app/.env`, in the layer of `COPY . .`"]),
        ([secret("sha256:base")], []),
        ([secret()], ["in the image's configuration or history"]),
        ([secret("sha256:own", "MEDIUM")], []),
    ],
)
def test_secrets_of_an_image(found: Sequence[Mapping[str, Any]], places: Sequence[str]) -> None:
    scanned = findings_report({"Target": "/app/.env", "Class": "secret", "Secrets": found})
    assert [finding.message for finding in in_image(scanned, ["sha256:base"])] == places


def test_findings_of_a_dockerfile() -> None:
    failed = {"ID": "DS-0029", "Severity": "HIGH", "Status": "FAIL", "CauseMetadata": {"StartLine": 5}}
    others = [{**failed, "Status": "PASS"}, {**failed, "Severity": "LOW"}, {**failed, "CauseMetadata": {}}]
    scanned = findings_report(
        {"Target": "Dockerfile", "Misconfigurations": [failed, *others], "Secrets": [secret()]}
    )
    assert [finding.line for finding in in_dockerfile(scanned, last=2)] == [5, 2, 3]


@pytest.mark.parametrize(
    ("line", "void"),
    [
        (b"#trivy:ignore:DS-0002", b"#trivy_ignore:DS-0002"),
        (b"RUN x # trivy:exp:2030-01-01:ignore:DS-0002", b"RUN x # trivy_exp:2030-01-01:ignore:DS-0002"),
        (b"#tfsec:ignore:*", b"#tfsec_ignore:*"),
        (b"FROM aquasec/trivy:0.76", b"FROM aquasec/trivy:0.76"),
        (b"FROM trivy:1 AS ignore", b"FROM trivy:1 AS ignore"),
    ],
)
def test_a_dockerfile_cannot_excuse_itself(line: bytes, void: bytes) -> None:
    assert without_exceptions(line) == void


def test_a_long_line_is_read_in_the_time_of_its_length() -> None:
    line, begun = b"# " + b"trivy:" * 150_000, time.process_time()
    assert without_exceptions(line) == line
    assert time.process_time() - begun < 5


def inventory(**packages: str) -> Inventory:
    return Inventory("CycloneDX", {name: frozenset(said.split()) for name, said in packages.items()})


@pytest.mark.parametrize("said", ["3.0.3", "3.0.3.0", "3.0.3 3.0.3.0"])
def test_an_inventory_of_the_image(said: str) -> None:
    inventory_is_of(inventory(flask=said), {"flask": frozenset({"3.0.3"})})


@pytest.mark.parametrize(
    ("listed", "installed", "said"),
    [
        ({}, {"flask": "3.0.3"}, "the image has flask 3.0.3, and the inventory has no such package"),
        ({"flask": "3.0.2"}, {"flask": "3.0.3"}, "the image has flask 3.0.3, and the inventory flask 3.0.2"),
        ({"flask": "1"}, {"flask": "1 2"}, "the image has flask 2, and the inventory flask 1"),
        ({"flask": "1 2"}, {"flask": "1"}, "the inventory has flask 2, and the image flask 1"),
        ({"a": "1", "b": "1"}, {"a": "1"}, "the inventory has b 1, and the image has no such package"),
        ({}, {}, "no Python package"),
    ],
)
def test_an_inventory_of_another(listed: Mapping[str, str], installed: Mapping[str, str], said: str) -> None:
    there = {name: frozenset(versions.split()) for name, versions in installed.items()}
    with pytest.raises(CheckFailed) as caught:
        inventory_is_of(inventory(**listed), there)
    assert said in caught.value.actual

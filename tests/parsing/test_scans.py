"""What scanners write is read within limits; what is no such file says so in a sentence."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.parsing.scans.inventory import parse_inventory
from checks.parsing.scans.trivy_report import parse_trivy_report
from checks.parsing.scans.trivyignore import Ignored, parse_trivyignore
from checks.parsing.text.json_file import MAX_BYTES
from checks.parsing.text.problems import ParseError

REPORT: dict[str, Any] = {
    "SchemaVersion": 2,
    "ReportID": "a key that is not read",
    "ArtifactName": "service:1",
    "ArtifactType": "container_image",
    "Metadata": {
        "OS": {"Family": "debian", "Name": "12.5"},
        "ImageConfig": {"config": {"Env": ["PYTHON_VERSION=3.12.7", "EMPTY="], "Labels": {"a": "b"}}},
    },
    "Results": [
        {
            "Target": "service:1 (debian 12.5)",
            "Class": "os-pkgs",
            "Type": "debian",
            "Packages": [{"Name": "libc6", "Version": "2.36-9"}],
            "Vulnerabilities": None,
        },
        {
            "Target": "Python",
            "Class": "lang-pkgs",
            "Type": "python-pkg",
            "Packages": [{"Name": "Flask", "Version": "3.0.0", "FilePath": "x"}],
            "Vulnerabilities": [
                {
                    "VulnerabilityID": "CVE-2024-1",
                    "PkgName": "Flask",
                    "PkgPath": "opt/venv/flask.dist-info/METADATA",
                    "PkgIdentifier": {"PURL": "pkg:pypi/flask@3.0.0"},
                    "InstalledVersion": "3.0.0",
                    "FixedVersion": "3.0.3",
                    "Severity": "HIGH",
                    "Status": "fixed",
                }
            ],
        },
    ],
}


def test_a_report() -> None:
    report = parse_trivy_report(json.dumps(REPORT).encode(), "scan.json")
    assert (report.system.family, report.system.name) == ("debian", "12.5")
    assert report.environment == {"PYTHON_VERSION": "3.12.7", "EMPTY": ""}
    assert report.config.labels == {"a": "b"}
    assert report.has_system_packages
    assert report.python_packages == {"flask": {"3.0.0"}}
    ((target, found),) = report.vulnerabilities
    assert (target, found.id, found.fixed_version) == ("Python", "CVE-2024-1", "3.0.3")


def test_a_report_of_nothing() -> None:
    report = parse_trivy_report(b'{"SchemaVersion": 2, "Results": null}', "scan.json")
    assert (dict(report.python_packages), dict(report.environment), report.system.family) == ({}, {}, "")


DEEP = b'{"SchemaVersion": 2, "Results": ' + b"[" * 1_000_000


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        (b"", 1, "no JSON"),
        (b"service:1 (debian 12.5)\n====", 1, "no JSON"),
        (b'{"SchemaVersion": 2,\n "Results": [}', 2, "no JSON"),
        (b'{"a": "\xff"}', 1, "no JSON"),
        (DEEP, 1, "no JSON"),
        ("{}".encode("utf-16"), 1, "UTF-16"),
        (b"[]", 1, "is a list"),
        (b"{}", 1, "`SchemaVersion` of scan.json is missing"),
        (b'{"SchemaVersion": "2"}', 1, "`SchemaVersion` of scan.json is text"),
        (b'{"SchemaVersion": 1}', 1, "version 1"),
        (b'{"SchemaVersion": 2, "Results": [7]}', 1, "`Results[0]` of scan.json is a number"),
        (b'{"SchemaVersion": 2, "Results": {}}', 1, "`Results` of scan.json is an object"),
        (b'{"SchemaVersion": 2, "Results": [{"Packages": [{"Name": null}]}]}', 1, "Packages[0].Name` of"),
        (b'{"SchemaVersion": 2, "Results": [{"Vulnerabilities": [{}]}]}', 1, "VulnerabilityID` of"),
        (b" " * (MAX_BYTES + 1), 1, "more than"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_report(data: bytes, line: int, said: str) -> None:
    with pytest.raises(ParseError, match=said.replace("[", r"\[")) as caught:
        parse_trivy_report(data, "scan.json")
    assert caught.value.line == line
    assert len(caught.value.message) < 500


def test_a_million_faults_are_one_sentence() -> None:
    with pytest.raises(ParseError, match="a number"):
        parse_trivy_report(b'{"SchemaVersion": 2, "Results": [' + b"1," * 1_000_000 + b"1]}", "scan.json")


def test_a_million_labels_are_refused() -> None:
    labels = b",".join(b'"%d":1' % number for number in range(20_000))
    data = b'{"SchemaVersion":2,"Metadata":{"ImageConfig":{"config":{"Labels":{' + labels + b"}}}}}"
    with pytest.raises(ParseError, match="10,000 keys"):
        parse_trivy_report(data, "scan.json")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_whatever_a_key_holds_is_read_or_refused(value: object) -> None:
    for key in ("Metadata", "Results", "ArtifactName"):
        try:
            parse_trivy_report(json.dumps({**REPORT, key: value}).encode(), "scan.json")
        except ParseError:
            continue


def ignored(text: str) -> Ignored:
    (entry,) = parse_trivyignore(f"vulnerabilities:\n  - {text}\n".encode(), ".trivyignore.yaml")
    return entry


def test_an_exception() -> None:
    entry = ignored("{id: CVE-2024-1, statement: not used here, expired_at: 2027-01-31}")
    assert (entry.id, entry.statement, entry.expired_at) == ("CVE-2024-1", "not used here", date(2027, 1, 31))
    assert entry.line == 2


@pytest.mark.parametrize(
    "text",
    [
        "{id: CVE-2024-1}",
        "{id: CVE-2024-1, paths: []}",
        "{id: CVE-2024-1, paths: [opt/venv/flask.dist-info/METADATA]}",
        "{id: CVE-2024-1, paths: ['opt/**']}",
        "{id: CVE-2024-1, paths: [elsewhere, Python]}",
        "{id: CVE-2024-1, purls: ['pkg:pypi/flask']}",
        "{id: CVE-2024-1, purls: ['pkg:pypi/flask@3.0.0']}",
    ],
)
def test_it_is_for_the_vulnerability(text: str) -> None:
    report = parse_trivy_report(json.dumps(REPORT).encode(), "scan.json")
    assert all(ignored(text).is_for(target, found) for target, found in report.vulnerabilities)


@pytest.mark.parametrize(
    "text",
    [
        "{id: CVE-2024-11}",
        "{id: cve-2024-1}",
        "{id: CVE-2024-1, paths: ['opt/*']}",
        "{id: CVE-2024-1, purls: ['pkg:pypi/flask@2.0.0']}",
        "{id: CVE-2024-1, purls: ['pkg:pypi/fla']}",
    ],
)
def test_it_is_for_another_one(text: str) -> None:
    report = parse_trivy_report(json.dumps(REPORT).encode(), "scan.json")
    assert not any(ignored(text).is_for(target, found) for target, found in report.vulnerabilities)


@pytest.mark.parametrize(
    ("expired_at", "today", "is_over"),
    [
        ("2027-01-31", date(2027, 1, 30), False),
        ("2027-01-31", date(2027, 1, 31), True),
        ("", date.max, False),
    ],
)
def test_an_exception_ends(expired_at: str, today: date, is_over: bool) -> None:  # noqa: FBT001 - a column
    assert ignored(f"{{id: CVE-2024-1, expired_at: {expired_at}}}").is_expired(today) is is_over


@pytest.mark.parametrize("text", ["vulnerabilities:", "misconfigurations: [{id: DS-0002}]"])
def test_no_exceptions(text: str) -> None:
    assert parse_trivyignore(text.encode(), ".trivyignore.yaml") == ()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "empty"),
        ("CVE-2024-1\n", 1, "mapping"),
        ("vulnerabilities: CVE-2024-1", 1, "should be a list"),
        ("vulnerabilities:\n  - CVE-2024-1", 2, "no `id`"),
        ("vulnerabilities:\n  - statement: why not", 2, "no `id`"),
        ("vulnerabilities:\n  - id: [a]", 2, "should be text"),
        ("vulnerabilities:\n  - id: a\n    expired_at: soon", 3, "a day like"),
        ("vulnerabilities:\n  - id: a\n    expired_at: 2027-02-30", 3, "a day like"),
        ("vulnerabilities:\n  - id: a\n    paths: ['[']", 3, "no pattern"),
    ],
)
def test_what_is_no_list_of_exceptions(text: str, line: int, said: str) -> None:
    with pytest.raises(ParseError, match=said) as caught:
        parse_trivyignore(text.encode(), ".trivyignore.yaml")
    assert caught.value.line == line


CYCLONE_DX = {
    "bomFormat": "CycloneDX",
    "components": [
        {"type": "library", "name": "Flask", "purl": "pkg:pypi/Flask@3.0.0?x=y#z"},
        {"type": "library", "name": "libc6", "purl": "pkg:deb/debian/libc6@2.36"},
        {"type": "file", "name": "without", "components": [{"purl": "pkg:pypi/ruamel_yaml@1%2B2"}]},
    ],
}
SPDX = {
    "spdxVersion": "SPDX-2.3",
    "packages": [
        {"externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:pypi/Flask@3.0.0?x=y#z"}]},
        {"externalRefs": [{"referenceType": "cpe23Type", "referenceLocator": "pkg:pypi/no@1"}]},
        {"externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:pypi/ruamel_yaml@1%2B2"}]},
        {"name": "without"},
    ],
}


@pytest.mark.parametrize("document", [CYCLONE_DX, SPDX], ids=["CycloneDX", "SPDX"])
def test_an_inventory(document: object) -> None:
    inventory = parse_inventory(json.dumps(document).encode(), "sbom.json")
    assert inventory.packages == {"flask": {"3.0.0"}, "ruamel-yaml": {"1+2"}}


NESTED = b'{"bomFormat":"CycloneDX","components":' + b'[{"components":' * 50_000


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{}", "neither CycloneDX"),
        (b'{"spdxVersion": "SPDX-3.0"}', "neither CycloneDX"),
        (b'{"bomFormat": "CycloneDX", "components": [{"purl": 3}]}', "purl` of sbom.json is a number"),
        (NESTED, "no JSON"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_inventory(data: bytes, said: str) -> None:
    with pytest.raises(ParseError, match=said):
        parse_inventory(data, "sbom.json")

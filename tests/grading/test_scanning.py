"""Trivy itself on real images and Dockerfiles; and Syft finds the Python packages that we find."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checks.engine import Engine
from checks.engine.image_layout import image_layout
from checks.engine.scanners import FILES, REPORT, SYFT, TRIVY, scan
from checks.evidence.image.contents import installed
from checks.evidence.submission.submission import open_submission
from checks.expect.inventories import inventory_is_of
from checks.grading.engines import Engines
from checks.grading.evidence import LabEvidence
from checks.grading.scanning import MAX_IMAGE, dockerfile_findings, findings, image_findings
from checks.outcomes import NotRun
from checks.parsing.scans.inventory import parse_inventory
from checks.parsing.text.typed import Section
from checks.reports.progress import Progress
from tests.made_labs import made_lab
from tests.tools import tool

BASE = "python:3.12-slim"
FILE = "Dockerfile"
USER = "USER 1000\n"
KEY = (
    "AKIA" + "IOSFODNN7ABCDEFG"
)  # of the form of one of Amazon's, and in two parts here: no scanner should stop at it
Scanned = Callable[[str], LabEvidence]


@pytest.fixture
def scanned(engine: Engine, tmp_path: Path) -> Iterator[Scanned]:
    """The evidence of a lab with this Dockerfile, in whose folder one file has a key."""
    assert engine
    lab = made_lab(tmp_path / "labs" / "lab_scanned", base=BASE, tag="scanned:test")
    vars(lab)["own"] = Section()  # it has no check module that could declare settings of its own
    (lab.folder / "app").mkdir()
    (lab.folder / "app" / "main.py").write_text("# Hello World\n")
    (lab.folder / "app" / "settings.env").write_text(f"AWS_ACCESS_KEY_ID={KEY}\n")
    for name in (
        ".trivyignore",
        ".trivyignore.yaml",
        "trivy.yaml",
        "trivy-secret.yaml",
    ):  # not for the grader
        (lab.folder / name).write_text("severity: [LOW]\n")
    handed_in = tmp_path / "ada" / lab.id
    handed_in.mkdir(parents=True)
    (tmp_path / "room").mkdir()
    with Engines("auto", step := Progress.silent().step) as engines:

        def of(dockerfile: str) -> LabEvidence:
            (handed_in / FILE).write_text(dockerfile)
            submission = engines.enter_context(open_submission(handed_in.parent))
            return LabEvidence(lab, submission, tmp_path / "room", engines, step)

        yield of


@pytest.fixture
def trivy(scanned: Scanned) -> Scanned:
    """The same, if Trivy is there."""
    tool("trivy")
    return scanned


FAULTY = f"""\
FROM {BASE}
RUN apt-get update && apt-get install -y curl
RUN sudo true # trivy:ignore:DS-0010
RUN echo {KEY}
#trivy:ignore:DS-0002
USER root
"""


@pytest.mark.parametrize(
    ("dockerfile", "found"),
    [
        (f"FROM {BASE}\nADD app /app\nRUN pip install six\n{USER}", []),
        (f"FROM {BASE}\n", [("DS-0002", 1)]),
        (FAULTY, [("DS-0002", 6), ("DS-0010", 3), ("DS-0029", 2), ("aws-access-key-id", 4)]),
    ],
)
def test_a_dockerfile(trivy: Scanned, dockerfile: str, found: list[tuple[str, int]]) -> None:
    assert sorted((each.id, each.line) for each in dockerfile_findings(trivy(dockerfile), FILE)) == found


def test_keys_in_an_image(trivy: Scanned) -> None:
    """One in a file that a later layer deletes, and one in the environment."""
    leaky = f"FROM {BASE}\nCOPY app /app\nRUN rm /app/settings.env\nENV KEY={KEY}\n{USER}"
    found = list(image_findings(trivy(leaky), FILE))
    assert {(each.id, each.severity) for each in found} == {("aws-access-key-id", "CRITICAL")}
    places = " ".join(each.message for each in found)
    assert "`/app/settings.env`, in the layer of `COPY app /app" in places
    assert "configuration" in places
    assert KEY not in str(found)


def test_a_clean_image(trivy: Scanned) -> None:
    assert findings(trivy(f"FROM {BASE}\nCOPY app/main.py /app/\n{USER}"), FILE) == ()


def test_without_trivy_nothing_is_judged(scanned: Scanned, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = TRIVY.__class__("trivy", Path("/no/trivy"), "registry.invalid/no/trivy:1")
    monkeypatch.setattr("checks.grading.scanning.TRIVY", absent)
    with pytest.raises(NotRun, match="make tools"):
        list(dockerfile_findings(scanned(f"FROM {BASE}\n"), FILE))


PACKAGES = (
    "RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir flask==3.0.0 PyYAML\n"
    "RUN pip install --no-cache-dir six==1.16.0\nRUN pip install --no-cache-dir six==1.17.0\n"
)


def test_syft_finds_the_packages_that_we_find(scanned: Scanned) -> None:
    if not SYFT.program.is_file():
        pytest.skip("syft is not installed: `make tools` brings it")
    evidence = scanned(f"FROM {BASE}\n{PACKAGES}{USER}")
    engine, run = evidence.engines.ready()
    ours = installed(evidence.image(FILE).layers)
    folder = evidence.folder("inventory")
    words = ["scan", f"oci-dir:{FILES}/image", "--output", f"cyclonedx-json={REPORT}"]
    reference = evidence.built(FILE).reference
    with image_layout(engine, reference, folder / "image", MAX_IMAGE):
        said = scan(engine, run, SYFT, words, image=BASE, folder=folder)
    assert {"flask", "pyyaml", "six"} <= ours.keys()
    inventory_is_of(parse_inventory(said, "sbom.json"), ours)

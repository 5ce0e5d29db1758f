"""What a student scans by hand: an inventory by the real Syft; Trivy where its data base cannot be had; slim."""

import os
from pathlib import Path

import pytest

from checks.engine import Engine
from checks.engine.scanners import SYFT, TRIVY, Scanner
from checks.lab import Lab
from checks.parsing.scans.inventory import parse_inventory
from checks.sections import ScanFiles, ScanSettings
from checks.workbench import Workbench, sbom, scan, scanning, slim
from tests.tools import tool

pytestmark = pytest.mark.builds_lab("task1_layers")

# Slim has no package here: this one makes nothing smaller, but what it is told, it tags.
SLIM = """\
#!/bin/sh
[ "$1 $2 $4 $6" = "build --target --tag --expose" ] && exec {docker} tag "$3" "$5"
"""


@pytest.fixture
def bench(lab: Lab) -> Workbench:
    """A lab that asks for scans."""
    vars(lab)["own"] = ScanSettings(scans=ScanFiles())
    return Workbench(lab)


def test_the_inventory_is_that_of_the_image(bench: Workbench) -> None:
    if not SYFT.program.is_file():
        pytest.skip("syft is not installed: `make tools` brings it")
    assert sbom(bench) == 0
    written = bench.lab.folder / "sbom.json"
    assert "pip" in parse_inventory(written.read_bytes(), written.name).packages
    assert sorted(bench.lab.folder.glob("sbom*")) == [written]


def test_without_a_data_base_the_old_report_stays(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    tool("trivy")
    monkeypatch.setenv("TRIVY_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("TRIVY_DB_REPOSITORY", "127.0.0.1:1/no/data/base")
    report = bench.lab.folder / "scan.json"
    report.write_text("{}")
    assert scan(bench) != 0
    assert "TRIVY_SKIP_DB_UPDATE=true make scanTiny" in capfd.readouterr().err
    assert report.read_text() == "{}"
    assert sorted(bench.lab.folder.glob("scan*")) == [report]


def test_without_a_wheel_the_scanners_image_is_asked(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[tuple[str, ...]]()

    def docker(_: Workbench, *arguments: str) -> int:
        asked.append(arguments)
        return 1

    monkeypatch.setattr(scanning, "TRIVY", Scanner("trivy", Path("/no/trivy"), TRIVY.image))
    monkeypatch.setattr(scanning, "have_image", lambda _: None)
    monkeypatch.setattr(Workbench, "docker", docker)
    assert scan(bench) == 1
    assert TRIVY.image in asked[0]
    assert "/report/scan.json.new" in asked[0]


def test_slim_shows_before_and_after(
    bench: Workbench,
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    program = tmp_path / "bin" / "slim"
    program.parent.mkdir()
    program.write_text(SLIM.format(docker=engine.cli))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    assert slim(bench) == 0
    before, after = capfd.readouterr().out.splitlines()[-2:]
    assert before.startswith(f"{bench.tag}: ")
    assert after.startswith(f"{bench.tag}-slim: ")
    assert after.endswith("100%")
    engine.client.images.remove(f"{bench.tag}-slim", force=True)

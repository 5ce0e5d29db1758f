"""A scanner runs within limits, sees only what it is to scan, and its report is what it wrote to the end."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from checks.engine import Engine, EngineError, scanners
from checks.engine.run import Run
from checks.engine.scanners import FILES, MAX_REPORT, REPORT, ReportTooLarge, Scanner, ScannerStopped, scan

Scan = Callable[..., bytes]


@pytest.fixture
def scanned(engine: Engine, run: Run, python: str, tmp_path: Path) -> Scan:
    """Run a script as if it were a scanner over a folder with one file."""
    folder, program = tmp_path / "folder", tmp_path / "scanner"
    folder.mkdir(mode=0o755)
    (folder / "file").write_text("to scan")

    def scan_it(script: str, *words: str) -> bytes:
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return scan(engine, run, Scanner("scanner", program, ""), words, image=python, folder=folder)

    return scan_it


def test_it_reads_the_folder_and_writes_a_report(scanned: Scan) -> None:
    assert scanned(f'cat "$1" > {REPORT}', f"{FILES}/file") == b"to scan"


@pytest.mark.parametrize(
    "script",
    [
        f"touch {FILES}/other",
        f"rm {FILES}/file",
        "python3 -c 'import socket; socket.create_connection((\"1.1.1.1\", 53), 2)'",
    ],
)
def test_what_it_cannot_do(scanned: Scan, script: str) -> None:
    assert scanned(f"{script} 2>/dev/null && echo done > {REPORT} || echo refused > {REPORT}") == b"refused\n"


@pytest.mark.parametrize(
    ("script", "error", "said"),
    [
        ("echo broken >&2; exit 3", EngineError, "exit code 3: broken"),
        (f"head -c {MAX_REPORT + 1} /dev/zero > {REPORT}", ReportTooLarge, "16 MiB"),
        ("sleep 100", ScannerStopped, "its limit of time"),
        ("exec python3 -c 'x = bytearray(b\"1\" * (1 << 29))'", ScannerStopped, "its limit of memory"),
    ],
)
def test_how_it_may_end(
    scanned: Scan, script: str, error: type[Exception], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanners, "LIMITS", replace(scanners.LIMITS, seconds=2, memory_mib=256))
    with pytest.raises(error, match=said):
        scanned(script)

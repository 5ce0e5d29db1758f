"""A time limit counts only the time in which the machine could run the work."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from checks.engine import retry as patience
from checks.engine.retry import MOST, Patience

PRESSURE = Path("/proc/pressure/cpu")
TEXT = "some avg10=0.00 avg60=0.00 avg300=0.00 total={}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=99999999999\n"


@pytest.fixture
def pressure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the kernel tells, as a file to be changed."""
    file = tmp_path / "cpu"
    file.write_text(TEXT.format(5_000_000))
    monkeypatch.setattr(patience, "_PRESSURE", (file,))
    return file


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be changed."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize(
    ("wall", "stalled", "spent"),
    [(10, 0, 10), (10, 4, 6), (10, 9.9, 10 / MOST), (10, 500, 10 / MOST), (0, 0, 0)],
)
def test_what_others_had_the_machine_for_is_not_counted(
    pressure: Path, clock: list[float], wall: float, stalled: float, spent: float
) -> None:
    waiting = Patience(30)
    clock[0] += wall
    pressure.write_text(TEXT.format(int(5_000_000 + stalled * 1e6)))
    assert waiting.spent == pytest.approx(spent)
    assert waiting.left == pytest.approx(30 - spent)


def test_it_is_over_at_last(pressure: Path, clock: list[float]) -> None:
    waiting = Patience(30)
    clock[0] += 30 * MOST + 1
    pressure.write_text(TEXT.format(10**12))
    assert waiting.is_over
    assert waiting.slowness == MOST
    assert "241 s on this busy machine" in waiting.remark()


@pytest.mark.parametrize(("load", "spent"), [(0.5, 10), (4, 5), (1000, 10 / MOST)])
def test_a_kernel_that_tells_nothing(
    tmp_path: Path, clock: list[float], monkeypatch: pytest.MonkeyPatch, load: float, spent: float
) -> None:
    monkeypatch.setattr(patience, "_PRESSURE", (tmp_path / "none",))
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    waiting = Patience(30)
    clock[0] += 10
    assert waiting.spent == pytest.approx(spent)


@pytest.mark.slow
@pytest.mark.skipif(not PRESSURE.exists(), reason="this kernel does not tell of pressure")
def test_a_machine_with_too_much_to_do() -> None:
    burn = [sys.executable, "-c", "while True: pass"]
    burners = [subprocess.Popen(burn) for _ in range(4 * (os.cpu_count() or 1))]
    try:
        waiting = Patience(1)
        while waiting.wall < 3:
            time.sleep(0.1)
        assert waiting.spent < waiting.wall / 2
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()

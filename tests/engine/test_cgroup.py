"""Which limit of a build was hit, by the counters of control groups v2, in files that stand for the kernel's.

Where the tests run, the kernel may have v1; tests/engine/test_build.py hits the limits of whichever it has.
"""

from pathlib import Path

import pytest

from checks.engine.cgroup import CgroupV2
from checks.engine.limits import BuildLimits


@pytest.fixture
def group(tmp_path: Path) -> CgroupV2:
    """A group whose earlier build was killed at its limit."""
    (tmp_path / "build").mkdir()
    counted(tmp_path, oom=3, oom_kill=2)
    made = CgroupV2(tmp_path, "build")
    made.create(BuildLimits(processes=40))
    return made


def counted(root: Path, **counters: int) -> None:
    lines = "".join(f"{name} {count}\n" for name, count in {"low": 0, "max": 9, **counters}.items())
    (root / "build" / "memory.events").write_text(lines)


@pytest.mark.parametrize(
    ("oom", "oom_kill", "hit"),
    [(3, 2, None), (4, 3, "memory"), (3, 3, None), (4, 2, None)],
    ids=[
        "nothing",
        "killed at the limit",
        "killed since the machine has none left",
        "at the limit, and not killed",
    ],
)
def test_memory(group: CgroupV2, tmp_path: Path, oom: int, oom_kill: int, hit: str | None) -> None:
    counted(tmp_path, oom=oom, oom_kill=oom_kill)
    assert group.hit() == hit


@pytest.mark.parametrize(("peak", "hit"), [(39, None), (40, "processes")])
def test_processes(group: CgroupV2, tmp_path: Path, peak: int, hit: str | None) -> None:
    (tmp_path / "build" / "pids.peak").write_text(f"{peak}\n")
    assert group.hit() == hit

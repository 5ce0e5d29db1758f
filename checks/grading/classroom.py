"""Grading a class: one process a submission, so that none can take another one down with it.

Each child is this program's own `grade` of one submission. A child that dies or hangs still gets a report,
which says that it is ours.
"""

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from checks.evidence.submission import safe_name
from checks.grading.engines import Choice
from checks.grading.lab import ROOT, Lab
from checks.grading.outcomes import CheckResult, EngineUsed, LabResult, Outcome, Report
from checks.reports import json_v1

CHILD_SECONDS = 3600  # one submission, all labs; a build has its own, smaller limits


@dataclass(frozen=True, slots=True)
class Class:
    """The submissions of a class, and how to grade them."""

    paths: Sequence[Path]
    labs: Sequence[Lab]
    choice: Choice
    jobs: int

    def reports(self) -> Iterator[Report]:
        """One report a submission, as each is done."""
        with tempfile.TemporaryDirectory(prefix="graded-lab-") as room, ThreadPoolExecutor(self.jobs) as pool:
            names = distinct([safe_name(path) for path in self.paths])
            futures = [
                pool.submit(self._one, path, name, Path(room) / str(number))
                for number, (path, name) in enumerate(zip(self.paths, names, strict=True))
            ]
            try:
                for future in as_completed(futures):
                    yield future.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _one(self, path: Path, name: str, out: Path) -> Report:
        labs = [part for lab in self.labs for part in ("--lab", lab.id)]
        engine = ["--static"] if self.choice == "none" else ["--engine", self.choice]
        command = [
            sys.executable,
            "-m",
            "checks",
            "grade",
            str(path.resolve()),
            *labs,
            *engine,
            "--out",
            str(out),
        ]
        try:
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, timeout=CHILD_SECONDS, check=False
            )
            why = f"the grader ended with exit code {done.returncode}:\n{done.stderr}"
        except subprocess.TimeoutExpired:
            why = f"the grader was stopped after {CHILD_SECONDS} s (its limit for one submission)"
        written = next(out.glob("*.json"), None) if out.is_dir() else None
        if written is None:
            return self._lost(name, why)
        return replace(json_v1.load(written.read_text("utf-8")), submission=name)

    def _lost(self, name: str, why: str) -> Report:
        """The report of a submission whose grader left none."""
        broken = CheckResult("grader", "The grader itself works.", "static", Outcome.ERROR, 0, 0, actual=why)
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return Report(
            name, now, EngineUsed(), tuple(LabResult(lab.id, lab.title, (broken,)) for lab in self.labs)
        )


def distinct(names: Sequence[str]) -> list[str]:
    """The same names, those that occur twice numbered: `ada`, `ada-2`."""
    seen: Counter[str] = Counter()
    result: list[str] = []
    for name in names:
        seen[name] += 1
        candidate = name if seen[name] == 1 else f"{name}-{seen[name]}"
        while candidate in result or (candidate != name and candidate in names):
            seen[name] += 1
            candidate = f"{name}-{seen[name]}"
        result.append(candidate)
    return result

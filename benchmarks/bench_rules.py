"""All rules over a corpus of Dockerfiles, against hadolint over the same files: ms a file, and memory.

Both are whole processes, taken in turn, so that a noisy machine is noisy to both. Run: `make benchmark`.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "tests" / "parsing" / "corpus"
ROUNDS = 5
TIMES = 10  # each file is read so often in one process, so that starting up does not hide the work

OURS = ROOT / "benchmarks" / "apply_rules.py"


def measured(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak memory in MB of one process."""
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": "."},
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} ended with status {status}")
    return time.monotonic() - began, usage.ru_maxrss / 1000


def main() -> None:
    """Print a table: median of the rounds."""
    files = [
        str(path) for path in sorted(CORPUS.iterdir()) if path.suffix not in {".expected", ".yaml", ".md"}
    ]
    many = files * TIMES
    hadolint = str(Path(sys.executable).parent / "hadolint")
    contenders = {
        "all rules, one process": [sys.executable, str(OURS), *many],
        "hadolint, one process": [hadolint, "--no-fail", *many],
    }
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, command in contenders.items():
            rounds[name].append(measured(command))
    print(f"| {len(files)} Dockerfiles, each {TIMES} times, median of {ROUNDS} | ms a file | peak memory |")
    print("| --- | ---: | ---: |")
    for name, results in rounds.items():
        seconds = statistics.median(result[0] for result in results)
        memory = statistics.median(result[1] for result in results)
        print(f"| {name} | {1000 * seconds / len(many):.2f} | {memory:.0f} MB |")
    ratios = [ours[0] / theirs[0] for ours, theirs in zip(*rounds.values(), strict=True)]
    print(
        f"\nrules / hadolint: {min(ratios):.2f} to {max(ratios):.2f}, median {statistics.median(ratios):.2f}"
    )


if __name__ == "__main__":
    main()

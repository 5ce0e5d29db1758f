"""A class for the class page: files of a lab, graded without an engine, with layers as an engine would give them.

The sizes are made up: each instruction has one that depends on its text alone.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from checks.evidence.image.provenance import makes_layer
from checks.evidence.submission.submission import lines_of
from checks.grading.grade import grade
from checks.lab import ROOT, Lab, load_lab
from checks.layer_result import LayerResult
from checks.outcomes import CheckResult, EngineUsed, Outcome, Report
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.reports.formats.format import ExportInputs
from checks.reports.progress import Progress

NAMES = (
    "ada",
    "barbara",
    "edsger",
    "frances",
    "grace",
    "john",
    "katherine",
    "ken",
    "margaret",
    "radia",
    "tim",
)
LAB = load_lab("task2_caching")
ALIKE = "\n".join(f"LABEL note-{number}=mine" for number in range(9))
SERVES, SILENT = "serves-hello-world", "no answer in 30 s"  # what fails in a container where a line is wrong
MEGA = 1_000_000


def made_class(folder: Path) -> tuple[Sequence[Report], ExportInputs]:
    """Return the reports and what an export of them needs."""
    paths = dict(_submissions(folder))
    step = Progress.silent().step
    reports = [_with_engine(LAB, grade(path, [LAB], "none", step), path) for path in paths.values()]
    lines = cache(lambda name: lines_of(paths[name]))
    earlier = {report.submission: _worse(report) for report in reports[:6]}
    return reports, ExportInputs(lines=lines, labs=[LAB], earlier=earlier)


def _submissions(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the solution, the starter, and mistakes; two of these have lines that only they share."""
    solution = ROOT / "solutions" / LAB.id
    mistakes = sorted((ROOT / "tests" / "labs" / LAB.id / "mistakes").glob("*/Dockerfile"))
    overlays = [solution, LAB.folder, *(mistake.parent for mistake in mistakes)]
    for name, overlay in zip(NAMES, overlays, strict=False):
        work = folder / name / LAB.id
        shutil.copytree(solution, work)
        shutil.copytree(overlay, work, dirs_exist_ok=True)
        if name in {"tim", "radia"}:
            dockerfile = work / LAB.dockerfile
            dockerfile.write_text(f"{dockerfile.read_text('utf-8')}\n{ALIKE}\n")
        yield name, work.parent


def _with_engine(lab: Lab, report: Report, path: Path) -> Report:
    """Return the report as if an engine had built the image."""
    dockerfile = parse_dockerfile((path / lab.id / lab.dockerfile).read_bytes())
    if not dockerfile.stages or dockerfile.problems:
        return report
    file = f"{lab.id}/{lab.dockerfile}"
    made = [each for each in dockerfile.final.lineage if makes_layer(each)]
    layers = [LayerResult(file, None, 72 * MEGA)]
    layers += [LayerResult(file, each.line, _size(str(each)), each.keyword == "RUN") for each in made]
    failed = any(check.outcome is Outcome.FAIL for check in report.checks)
    checks = tuple(_judged(check, serves=not failed) for check in report.labs[0].checks)
    labs = (replace(report.labs[0], checks=checks, layers=tuple(layers)),)
    return replace(report, engine=EngineUsed("embedded", "28.5.1", "stand-in"), labs=labs)


def _size(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:2]) * 2000 if text.startswith("RUN") else 3000


def _judged(check: CheckResult, *, serves: bool) -> CheckResult:
    if check.outcome is not Outcome.NOT_RUN:
        return check
    if serves or check.id == "builds":
        return replace(check, outcome=Outcome.PASS, score=check.max_score, actual="", help="")
    if check.id == SERVES:
        return replace(check, outcome=Outcome.FAIL, expected="an answer on port 8000", actual=SILENT)
    return replace(check, outcome=Outcome.BLOCKED, actual=f"`{SERVES}` did not pass", help="")


def _worse(report: Report) -> Report:
    """Return the report as it might have been a week ago: its third check failed."""
    checks: Mapping[int, CheckResult] = dict(enumerate(report.labs[0].checks))
    before = {**checks, 2: replace(checks[2], outcome=Outcome.FAIL, score=0)}
    return replace(report, labs=(replace(report.labs[0], checks=tuple(before.values())),))

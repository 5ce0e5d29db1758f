"""Second opinions in one place: what other tools say of each line, beside the course's own verdict on it.

The verdict is that of the static checks; what only an engine shows is told apart. None of it grades.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from checks.differences import Difference, read_differences
from checks.grading.grade import grade
from checks.outcomes import CheckResult, Outcome, Report
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.scans.opinion import GAVE_UP, Opinion
from checks.parsing.text.problems import ParseError
from checks.reports.page import Page, open_console
from checks.reports.progress import Progress
from checks.reports.values import print_value
from checks.workbench.asking import NOT_HERE, Asked, ask
from checks.workbench.context import Workbench
from checks.workbench.external_tools import has_dive

NO_VERDICT = "It neither asks for this nor forbids it: judge for yourself."
NEVER = "None of this grades: only the course's own checks count."
DIVE = "dive looks at the image and not at the Dockerfile: `make dive{target}`."
WORDS = {
    Outcome.PASS: "passes",
    Outcome.FAIL: "fails",
    Outcome.BLOCKED: "waits for another check",
    Outcome.NOT_RUN: "is judged on the image",
    Outcome.ERROR: "is not judged",
}


@dataclass(frozen=True)
class Verdicts:
    """What the course says itself: its report, and where and why it differs from other tools' rules."""

    report: Report
    differences: Mapping[str, Difference]

    def on(self, opinion: Opinion, instruction: tuple[str, range]) -> tuple[Sequence[CheckResult], str]:
        """Return the checks that speak of it, and why the course differs; empty if it does not."""
        file, lines = instruction
        of_file = [each for each in self.report.checks if each.outcome is Outcome.FAIL and each.file == file]
        if opinion.rule == GAVE_UP:
            return of_file[:1], ""
        failed = [check for check in of_file if check.line in lines]
        difference = self.differences.get(opinion.rule)
        if difference is None:
            return failed, ""
        named = [check for check in self.report.checks if check.id in difference.checks]
        return [*named, *(check for check in failed if check not in named)], difference.why


def opinions(bench: Workbench, work: Path | None = None) -> int:
    """Print all opinions on each Dockerfile of the lab, in the folder `work` if that is not the lab's."""
    lab, page = bench.lab, Page(open_console(sys.stdout))
    work = work or lab.folder
    report = grade(work.parent, [lab], "none", Progress.silent().step)
    verdicts = Verdicts(report, read_differences(lab))
    for name in lab.images:
        page.print("\n", page.line(lab.title, "bold"), page.line(f"  {lab.id}/{name}", "dim"))
        asked = ask(bench, name, work / name)
        _print_lines(page, work / name, f"{lab.id}/{name}", asked, verdicts)
        for sentence in (*asked.silent, _about_dive(lab.target)):
            page.print("\n", page.line(sentence))
    page.print("\n", page.line(NEVER, "bold"))
    return 0


def _about_dive(target: str) -> str:
    return DIVE.format(target=target) if has_dive() else NOT_HERE.format(tool="dive")


def _print_lines(page: Page, path: Path, name: str, asked: Asked, verdicts: Verdicts) -> None:
    text, spans = path.read_bytes(), _spans(path)
    lines, told = text.decode("utf-8", "backslashreplace").splitlines(), dict[str, str]()
    for line, group in groupby(asked.opinions, lambda each: each.line):
        page.print("")
        _print_source(page, lines, line)
        for opinion in group:
            span = next((span for span in spans if line in span), range(line or 0, (line or 0) + 1))
            checks, why = verdicts.on(opinion, (name, span))
            _print_opinion(page, opinion, checks, told.get(why, why))
            if why:
                told.setdefault(why, f"as told at {_where(line)}")


def _print_source(page: Page, lines: Sequence[str], line: int | None) -> None:
    if line is None or line > len(lines):
        page.print(page.line("  the file as a whole", "bold"))
        return
    source, note = page.cut(lines[line - 1].rstrip(), page.width - 8)
    page.print(page.line(f"{line:>5} {page.glyphs.bar} ", "dim"), page.line(source, "bold"), note)


def _where(line: int | None) -> str:
    return f"line {line}" if line else "the top"


def _print_opinion(page: Page, opinion: Opinion, checks: Sequence[CheckResult], why: str) -> None:
    print_value(page, opinion.tool, f"{opinion.rule}: {opinion.message}")
    said = "\n".join(f"`{check.id}` {WORDS[check.outcome]}: {check.title}" for check in checks)
    print_value(page, "course", said or (NO_VERDICT if not why else "It has no check on this."))
    if why:
        print_value(page, "differs", why)


def _spans(path: Path) -> Sequence[range]:
    """Return the lines of each instruction: tools name the first of them, or the one at fault."""
    try:
        return tuple(_instructions(path))
    except ParseError:
        return ()


def _instructions(path: Path) -> Iterator[range]:
    parsed = parse_dockerfile(path.read_bytes(), path=path.name)
    starts = [entry.line for entry in parsed.instructions] + [len(parsed.lines) + 1]
    for first, after in pairwise(starts):
        yield range(first, after)

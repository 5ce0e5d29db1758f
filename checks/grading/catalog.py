"""Generate the READMEs' tables of labs, checks and Compose keys, so that they cannot drift from the code."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from checks.engine.project.listing import rows
from checks.evidence.submission.limits import SubmissionRefused
from checks.grading.engines import Engines
from checks.grading.grade import Turned
from checks.grading.plugin import Grading
from checks.grading.scratch import room
from checks.lab import ROOT, Lab, all_labs
from checks.outcomes import CheckResult, LabResult
from checks.reports.progress import Progress


def planned(lab: Lab) -> LabResult:
    """Return the lab's checks as pytest collects them, without running any."""
    nobody = Turned("nobody", SubmissionRefused("nobody", "nothing was handed in", ""))
    step = Progress.silent().step
    with room() as place, Engines("none", step) as engines:
        (result,) = Grading(nobody, [lab], place, engines, step).run("--collect-only").labs
    return result


def table(result: LabResult) -> str:
    """Return a Markdown table with a row per check: number, id, sentence, points, and kind."""
    rows = [
        f"| {number} | `{check.id}` | {check.title} | {_points(check)} | {check.kind} |"
        for number, check in enumerate(result.checks, start=1)
    ]
    head = ["| | id | what is checked | points | kind |", "| ---: | --- | --- | ---: | --- |"]
    return "\n".join([*head, *rows, f"| | | | **{result.max_score}** | |"])


def _points(check: CheckResult) -> str:
    return "bonus" if check.is_bonus else str(check.max_score)


def overview(labs: Iterable[Lab]) -> str:
    """Return a Markdown table of all labs: folder, summary, and the command that grades it."""
    head = ["| folder | what you learn | check it with |", "| --- | --- | --- |"]
    rows = (f"| [`{lab.id}`]({lab.id}/README.md) | {lab.summary} | `make test{lab.target}` |" for lab in labs)
    return "\n".join([*head, *rows])


def fates() -> str:
    """Return a Markdown table of the Compose keys that the grader refuses, bounds or drops, with the reasons."""
    lines = ["| what becomes of it | key | of | why |", "| --- | --- | --- | --- |"]
    for row in rows():
        keys, but = ", ".join(f"`{key}`" for key in row.keys), f"; {row.but} is let in" if row.but else ""
        lines.append(f"| {row.effect} | {keys} | {row.part} | {row.why}{but} |")
    return "\n".join(lines)


def filled_in(readme: str, lab: Lab) -> str:
    """Return a lab's README with its tables generated; that of Compose keys only if the lab has a Compose file."""
    text = with_table(readme, "checks", table(planned(lab)))
    return with_table(text, "fates", fates()) if lab.compose else text


def with_table(text: str, name: str, table: str) -> str:
    """Return `text` with the table between `<!-- name -->` and `<!-- /name -->`; raise ValueError without these."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"there is no place for the table: `{begin}` and `{end}`")
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


def renewed(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Yield every README of the course, with its tables generated."""
    labs = all_labs(root)
    top = root / "README.md"
    yield top, with_table(top.read_text("utf-8"), "labs", overview(labs))
    for lab in labs:
        readme = lab.folder / "README.md"
        yield readme, filled_in(readme.read_text("utf-8"), lab)

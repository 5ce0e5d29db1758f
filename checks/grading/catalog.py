"""The tables of the READMEs, of checks and of keys of a Compose file: generated, so that none can drift."""

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
    """The lab's checks as pytest collects them, none of them run."""
    nobody = Turned("nobody", SubmissionRefused("nobody", "nothing was handed in", ""))
    step = Progress.silent().step
    with room() as place, Engines("none", step) as engines:
        (result,) = Grading(nobody, [lab], place, engines, step).run("--collect-only").labs
    return result


def table(result: LabResult) -> str:
    """A Markdown table: a number a step, the id, the sentence, the points, and how it is judged."""
    rows = [
        f"| {number} | `{check.id}` | {check.title} | {_points(check)} | {check.kind} |"
        for number, check in enumerate(result.checks, start=1)
    ]
    head = ["| | id | what is checked | points | kind |", "| ---: | --- | --- | ---: | --- |"]
    return "\n".join([*head, *rows, f"| | | | **{result.max_score}** | |"])


def _points(check: CheckResult) -> str:
    return "bonus" if check.is_bonus else str(check.max_score)


def overview(labs: Iterable[Lab]) -> str:
    """A Markdown table of all labs: folder, what is learnt there, the command that grades it."""
    head = ["| folder | what you learn | check it with |", "| --- | --- | --- |"]
    rows = (f"| [`{lab.id}`]({lab.id}/README.md) | {lab.summary} | `make test{lab.target}` |" for lab in labs)
    return "\n".join([*head, *rows])


def fates() -> str:
    """A Markdown table of what becomes of the keys of a Compose file that are not run as they are written."""
    lines = ["| what becomes of it | key | of | why |", "| --- | --- | --- | --- |"]
    for row in rows():
        keys, but = ", ".join(f"`{key}`" for key in row.keys), f"; {row.but} is let in" if row.but else ""
        lines.append(f"| {row.effect} | {keys} | {row.part} | {row.why}{but} |")
    return "\n".join(lines)


def filled_in(readme: str, lab: Lab) -> str:
    """A lab's README with its tables as they must be; that of a Compose file where the lab has one."""
    text = with_table(readme, "checks", table(planned(lab)))
    return with_table(text, "fates", fates()) if lab.compose else text


def with_table(text: str, name: str, table: str) -> str:
    """The text with the table between `<!-- name -->` and `<!-- /name -->`; ValueError without these."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"there is no place for the table: `{begin}` and `{end}`")
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


def renewed(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Every README of the course, with its table as it must be."""
    labs = all_labs(root)
    top = root / "README.md"
    yield top, with_table(top.read_text("utf-8"), "labs", overview(labs))
    for lab in labs:
        readme = lab.folder / "README.md"
        yield readme, filled_in(readme.read_text("utf-8"), lab)

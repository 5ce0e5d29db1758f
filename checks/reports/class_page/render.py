"""Fill in the template of the class page."""

from collections.abc import Sequence

from checks.outcomes import Report
from checks.reports.class_page.charts import histogram, scatters
from checks.reports.class_page.similar import similar
from checks.reports.class_page.statistics import statistics
from checks.reports.class_page.student import students
from checks.reports.class_page.templates import filled
from checks.reports.formats.format import ExportInputs


def render(reports: Sequence[Report], inputs: ExportInputs) -> str:
    """Return the page of a class, sorted by submission."""
    ordered = sorted(reports, key=lambda report: report.submission)
    pairs = similar([report.submission for report in ordered], inputs)
    labs = {lab.id: lab.title for report in ordered for lab in report.labs}
    return filled(
        "class.html.jinja",
        "script.js",
        students=students(ordered, pairs, inputs),
        labs=labs,
        bars=histogram(ordered),
        scatters=list(scatters(ordered)),
        statistics=list(statistics(ordered, inputs)),
        pairs=pairs,
        graded_at=max((report.graded_at for report in ordered), default=""),
        has_earlier=bool(inputs.earlier),
    )

"""The class page: one HTML file for the instructor, to open in a browser, print or send on.

It has the table of the class, a histogram, each check with what it failed with, the sizes of the images, and a
page for each student with the annotated Dockerfile. It loads nothing from elsewhere, and
nothing that a student wrote can run in it.
"""

from collections.abc import Iterator, Sequence

from checks.outcomes import Report
from checks.reports.formats.format import ExportedFile, ExportInputs, class_format


@class_format(for_students=False)
def html(reports: Sequence[Report], inputs: ExportInputs) -> Iterator[ExportedFile]:
    """The class page, for instructors."""
    # Jinja2 takes longer to import than a static grading: no other format needs it.
    from checks.reports.class_page.render import render

    yield ExportedFile("index.html", render(reports, inputs))

"""Fill in the template of the class page.

Nothing in it can run but our own script: the security policy names the hashes of one script and one style,
every text is escaped, and characters that hide or reorder text are spelled out first.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from checks.evidence.image.figures import MEGA
from checks.outcomes import Report
from checks.reports.class_page.charts import histogram, scatters
from checks.reports.class_page.similar import similar
from checks.reports.class_page.statistics import statistics
from checks.reports.class_page.student import students
from checks.reports.formats.format import ExportInputs
from checks.sanitize import sanitize

FOLDER = Path(__file__).parent
KILO, TENTH = 1_000, MEGA // 10
_CODE = re.compile(r"`([^`]+)`")


def render(reports: Sequence[Report], inputs: ExportInputs) -> str:
    """Return the page of a class, sorted by submission."""
    ordered = sorted(reports, key=lambda report: report.submission)
    pairs = similar([report.submission for report in ordered], inputs)
    labs = {lab.id: lab.title for report in ordered for lab in report.labs}
    template = _environment().get_template("class.html.jinja")
    return template.render(
        students=students(ordered, pairs, inputs),
        labs=labs,
        bars=histogram(ordered),
        scatters=list(scatters(ordered)),
        statistics=list(statistics(ordered, inputs)),
        pairs=pairs,
        graded_at=max((report.graded_at for report in ordered), default=""),
        has_earlier=bool(inputs.earlier),
        **_inlined(),
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["size"] = lambda count: (
        f"{count / MEGA:.1f} MB" if count >= TENTH else f"{count / KILO:.1f} kB"
    )
    environment.filters["number"] = lambda number: f"{number:.1f}"
    environment.filters["coded"] = _coded
    return environment


def _coded(text: str) -> Markup:
    """Return a title with its parts in backticks as code."""
    escaped = str(escape(sanitize(text)))
    return Markup(_CODE.sub(r"<code>\1</code>", escaped))  # noqa: S704 - escaped above


def _visible(value: Any) -> Any:
    """Spell out hidden characters of a text; our own markup has none."""
    return sanitize(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _inlined() -> dict[str, Any]:
    """Return our style and script, with the hashes by which the security policy lets them in."""
    inlined: dict[str, Any] = {}
    for name in ("style.css", "script.js"):
        text = (FOLDER / name).read_text("utf-8")
        kind = name.partition(".")[0]
        inlined[kind] = Markup(text)  # noqa: S704 - our own file
        inlined[f"{kind}_hash"] = b64encode(sha256(text.encode()).digest()).decode()
    return inlined

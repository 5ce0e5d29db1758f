"""Fill in a template: one HTML file that loads nothing from elsewhere, and in which nothing of a student runs.

Nothing in it can run but our own script, if there is one: the security policy names the hashes of the style and of
the script, every text is escaped, and characters that hide or reorder text are spelled out first.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from checks.evidence.image.figures import in_units
from checks.sanitize import sanitize

FOLDER = Path(__file__).parent
STYLE = "style.css"
_CODE = re.compile(r"`([^`]+)`")


def filled(template: str, *scripts: str, **values: Any) -> str:
    """Return the page that the template makes of the values, with our style and at most one script in it."""
    return _environment().get_template(template).render(**values, **_inlined([STYLE, *scripts]))


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["size"] = in_units
    environment.filters["percent"] = lambda share: f"{share:.1%}"
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


def _inlined(names: Sequence[str]) -> dict[str, Any]:
    """Return a style and a script of ours, with the hashes by which the security policy lets them in."""
    inlined: dict[str, Any] = {}
    for name in names:
        text = (FOLDER / name).read_text("utf-8")
        kind = name.partition(".")[0]
        inlined[kind] = Markup(text)  # noqa: S704 - our own file
        inlined[f"{kind}_hash"] = b64encode(sha256(text.encode()).digest()).decode()
    return inlined

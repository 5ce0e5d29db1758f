"""Fill in a template: one HTML file that loads nothing from elsewhere, and in which nothing of a student runs.

Nothing in it can run but our own script, if there is one: the security policy names the hashes of the style and of
the script, every text is escaped, and characters that hide or reorder text are spelled out first.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from checks.evidence.image.figures import in_units
from checks.glossary import terms, uses
from checks.sanitize import sanitize

FOLDER = Path(__file__).parent
STYLE = "style.css"
_CODE = re.compile(r"`([^`]+)`")
_BUTTON = Markup('<button type="button" class="term" popovertarget="word-{}">{}</button>')


def filled(template: str, *scripts: str, **values: Any) -> str:
    """Return the page that the template makes of the values, with our style and at most one script in it."""
    return (
        _environment()
        .get_template(template)
        .render(glossary=terms(), **values, **_inlined([STYLE, *scripts]))
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
    environment.filters["size"] = in_units
    environment.filters["percent"] = lambda share: f"{share:.1%}"
    environment.filters["number"] = lambda number: f"{number:.1f}"
    environment.filters["coded"] = lambda text: _coded(sanitize(text))
    environment.filters["termed"] = lambda text: _termed(text, _coded)
    environment.filters["linked"] = lambda text: _termed(text, escape)
    return environment


def _coded(text: str) -> Markup:
    """Return a title with its parts in backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped here


def _termed(text: str, shown: Callable[[str], Markup]) -> Markup:
    """Return a text in which the first use of each word of the glossary opens its entry; the rest is as `shown`."""
    text, parts, at = sanitize(text), list[Markup](), 0
    for use in uses(text):
        button = _BUTTON.format(use.term.id, text[use.start : use.end])
        parts += [shown(text[at : use.start]), button]
        at = use.end
    return Markup("").join([*parts, shown(text[at:])])


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

"""One line that names the words of a report which the glossary explains, and the command that shows an entry."""

from collections.abc import Iterable, Sequence

from checks.glossary import uses
from checks.reports.page import Page
from checks.reports.reasons import Reason
from checks.reports.values import HANG, print_values


def texts_of(reasons: Iterable[Reason]) -> Sequence[str]:
    """Return what a report says of each reason."""
    return [
        text
        for each in reasons
        for text in (each.first.title, each.first.expected, each.first.actual, each.help)
    ]


def print_words(page: Page, texts: Iterable[str]) -> None:
    """Print the words in the order of their first use, as many as fit on one line; nothing if there are none."""
    words = list(dict.fromkeys(use.term.word for text in texts for use in uses(text)))
    if not words:
        return
    shown = len(words)
    while shown > 1 and len(_line(words, shown)) > page.width - HANG:
        shown -= 1
    page.print("")
    print_values(page, {"words": _line(words, shown)})


def _line(words: Sequence[str], shown: int) -> str:
    rest = f" and {len(words) - shown} more" if len(words) > shown else ""
    first = f'"{words[0]}"' if " " in words[0] else words[0]
    return f"{', '.join(words[:shown])}{rest}: `make glossary WORD={first}`"

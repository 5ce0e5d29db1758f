"""Print an entry of the glossary, and the list of its words."""

from collections.abc import Sequence

from rich.text import Text

from checks.glossary import Term
from checks.reports.page import Page
from checks.reports.values import print_value

HANG = 4


def print_term(page: Page, term: Term) -> None:
    """Print what the word means, an example, and where the course uses it."""
    page.print("")
    page.print(page.line(term.word, "bold"), page.line("".join(f", {other}" for other in term.others), "dim"))
    print_value(page, "", term.text, hang=HANG)
    page.print("")
    for line in term.example.splitlines():
        page.print(" " * 2 * HANG, page.line(line, "cyan"))
    page.print("")
    places = ", ".join(f"{lab} ({readme})" if lab not in readme else readme for lab, readme in term.places)
    print_value(page, "", f"In the course: {places}", hang=HANG)


def print_list(page: Page, terms: Sequence[Term]) -> None:
    """Print all words, and how to ask for one."""
    words = sorted((term.word for term in terms), key=str.lower)
    page.print("")
    print_value(page, "", ", ".join(words), hang=HANG)
    page.print("")
    page.print(Text("`make glossary WORD=layer` explains one.", style="dim"))

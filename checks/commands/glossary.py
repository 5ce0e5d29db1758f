"""`glossary`: explain a word of a report, or list all words that are explained."""

import argparse
import sys
from difflib import get_close_matches

from checks.commands.status import FULL_MARKS, WRONG_USAGE


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `glossary`."""
    glossary = commands.add_parser("glossary", help="explain a word of a report; without one, list them")
    glossary.add_argument("word", nargs="*", metavar="WORD")
    glossary.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the entry, or the list."""
    from checks.glossary import term_of, terms
    from checks.reports.glossary import print_list, print_term
    from checks.reports.page import Page, open_console

    page, word = Page(open_console(sys.stdout)), " ".join(arguments.word)
    if not word:
        print_list(page, terms())
        return FULL_MARKS
    if term := term_of(word):
        print_term(page, term)
        return FULL_MARKS
    words = [term.word for term in terms()]
    close = get_close_matches(word, words, n=1)
    meant = f"did you mean `{close[0]}`?" if close else "`make glossary` lists them."
    print(f"make glossary: `{word}` is not explained; {meant}", file=sys.stderr)
    return WRONG_USAGE

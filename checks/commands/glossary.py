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
    from checks.glossary import entries, entry_of
    from checks.reports.glossary import print_entry, print_list
    from checks.reports.page import Page, open_console

    page, word = Page(open_console(sys.stdout)), " ".join(arguments.word)
    if not word:
        print_list(page, entries())
        return FULL_MARKS
    if entry := entry_of(word):
        print_entry(page, entry)
        return FULL_MARKS
    words = [entry.word for entry in entries()]
    close = get_close_matches(word, words, n=1)
    meant = f"did you mean `{close[0]}`?" if close else "`make glossary` lists them."
    print(f"make glossary: `{word}` is not explained; {meant}", file=sys.stderr)
    return WRONG_USAGE

"""Where the home directory of a RUN is, and what `~` stands for."""

from checks.parsing.accounts import NOWHERE, accounts_before
from checks.parsing.instructions import Run
from checks.parsing.shell import Word

_ROOT = frozenset({"", "root", "0"})


def home_of(run: Run) -> str:
    """`$HOME` as far as the file tells: from ENV or ARG, else what /etc/passwd has; an unknown number has `/`."""
    if home := run.state.value_of("HOME"):
        return home
    user = (run.state.user.value if run.state.user else "").partition(":")[0]
    if user in _ROOT:
        return "/root"
    if known := accounts_before(run).find(user):
        return known.home
    return "/" if user.isascii() and user.isdigit() else f"/home/{user}"


def is_writable(home: str, run: Run) -> bool:
    """Whether the user of a RUN may make a folder there: only root may in `/`, or make a home."""
    user = (run.state.user.value if run.state.user else "").partition(":")[0]
    return user in _ROOT or home not in {"/", NOWHERE}


def expanded(text: str, word: Word, home: str) -> str:
    """The path with `~` and `$HOME` put in; in quotes, `~` is a name like any other."""
    first = word.parts[0] if word.parts else None
    if first and not first.quoted and (text == "~" or text.startswith("~/")):
        return home + text[1:]
    return text

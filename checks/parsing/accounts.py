"""The users that a build makes, and their homes: what /etc/passwd says after `useradd`, `adduser` and `usermod`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from checks.parsing.instructions import Run
from checks.parsing.options import read_arguments
from checks.parsing.overlaid import Overlaid

FIRST_UID = 1000
MAX_RUNS = 50  # RUNs that make users, of which an image needs one
_HOME = ("-d", "--home-dir", "--home")
_VALUED = frozenset(
    {
        *_HOME, "-h", "-u", "--uid", "-g", "--gid", "-G", "--groups", "-s", "--shell", "-c", "--comment", "--gecos",
        "--ingroup", "-b", "--base-dir", "-k", "--skel", "-p", "--password", "-l", "--login", "-e", "-f", "-K",
    }
)  # fmt: skip
_SWITCHES = {"useradd": {"-l"}, "adduser": set[str](), "usermod": set[str]()}


@dataclass(frozen=True, slots=True)
class Account:
    """One line of /etc/passwd."""

    name: str
    uid: str
    home: str


def accounts_before(run: Run) -> Mapping[str, Account]:
    """The users that earlier RUNs of the stage made, by name and by number."""
    runs: list[Run] = []
    earlier = run.state.made_users
    while earlier is not None and len(runs) < MAX_RUNS:
        runs.append(earlier)
        earlier = earlier.state.made_users
    found: dict[str, Account] = {}
    for each in reversed(runs):
        for account in _made(each, found):
            found[account.name] = found[account.uid] = account
    return found


def _made(run: Run, known: Mapping[str, Account]) -> Iterator[Account]:
    variables = Overlaid((run.state.environment, run.state.arguments))
    for command in run.commands:
        if command.runs and command.name in _SWITCHES:
            found = _account(command.name, command.expand(variables)[1:], known)
            if found is not None:
                yield found


def _account(program: str, words: Sequence[str], known: Mapping[str, Account]) -> Account | None:
    arguments = read_arguments(words, _VALUED - _SWITCHES[program])
    if not arguments.operands:
        return None
    name = arguments.operands[-1 if program != "adduser" else 0]
    earlier = known.get(name)
    if program == "usermod" and earlier is None:
        return None
    uid = (*arguments.values("-u", "--uid"), earlier.uid if earlier else _next(known))[0]
    base = (*arguments.values("-b", "--base-dir"), "/home")[0]
    given = arguments.values(*_HOME, *(("-h",) if program == "adduser" else ()))
    return Account(name, uid, (*given, earlier.home if earlier else f"{base}/{name}")[0])


def _next(known: Mapping[str, Account]) -> str:
    taken = [
        int(account.uid) for account in known.values() if account.uid.isascii() and account.uid.isdigit()
    ]
    usual = [uid for uid in taken if FIRST_UID <= uid < 60_000]  # noqa: PLR2004 - UID_MAX of login.defs
    return str(max(usual, default=FIRST_UID - 1) + 1)

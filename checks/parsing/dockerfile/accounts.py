"""The users of an image and their homes: /etc/passwd after `useradd`, `adduser`, `usermod` and `userdel`.

They determine the home directory of a RUN and the meaning of `~` in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from checks.parsing.dockerfile.instructions import Run
from checks.parsing.dockerfile.remembered import remembered
from checks.parsing.dockerfile.state import of_kind
from checks.parsing.shell import Command, Word
from checks.parsing.shell.file_commands import writes
from checks.parsing.shell.options import Arguments, read_arguments
from checks.parsing.text.image_reference import is_older
from checks.parsing.text.overlaid import Overlaid

MAX_USERS = 200
NOWHERE = "/nonexistent"
_PASSWD = "/etc/passwd"  # noqa: S105 - a file
_FIELDS = 7  # of a line in it
_USERS, _SYSTEM_USERS = (
    range(1000, 60_000),
    range(999, 100, -1),
)  # uids, in the order in which useradd assigns them
# The users in base-passwd of Debian and Ubuntu: uid and home.
_BASE = {
    "root": "0 /root", "daemon": "1 /usr/sbin", "bin": "2 /bin", "sys": "3 /dev", "sync": "4 /bin",
    "games": "5 /usr/games", "man": "6 /var/cache/man", "lp": "7 /var/spool/lpd", "mail": "8 /var/mail",
    "news": "9 /var/spool/news", "uucp": "10 /var/spool/uucp", "proxy": "13 /bin", "www-data": "33 /var/www",
    "backup": "34 /var/backups", "list": "38 /var/list", "nobody": f"65534 {NOWHERE}",
}  # fmt: skip
_HOME = ("-d", "--home-dir", "--home")
_VALUED = frozenset(
    {
        *_HOME, "-h", "-u", "--uid", "-g", "--gid", "-G", "--groups", "-s", "--shell", "-c", "--comment", "--gecos",
        "--ingroup", "-b", "--base-dir", "-k", "--skel", "-p", "--password", "-l", "--login", "-e", "-f", "-K",
    }
)  # fmt: skip
# The options in `_VALUED` that take no value in this program.
_SWITCHES = {
    "useradd": {"-l"},
    "adduser": set[str](),
    "usermod": set[str](),
    "userdel": {"-f"},
    "deluser": {"-f"},
}


@dataclass(frozen=True, slots=True)
class Account:
    """One line of /etc/passwd."""

    name: str
    uid: str
    home: str


_DEBIAN = {name: Account(name, *entry.split()) for name, entry in _BASE.items()}


@dataclass(slots=True)
class Accounts:
    """The entries of /etc/passwd by name; if two share a uid, the first counts."""

    base: str
    known: dict[str, Account]

    def find(self, user: str) -> Account | None:
        """Return the account with this name, else the one with this uid, else None."""
        return self.known.get(user) or next((each for each in self.known.values() if each.uid == user), None)

    def take(self, run: Run) -> None:
        """Apply the user commands of a RUN, and the lines that it writes to the file."""
        variables = Overlaid((run.state.environment, run.state.arguments))
        commands = [command for command in run.commands if command.runs]
        for command in commands:
            if command.name in _SWITCHES:
                self._change(command, variables)
        for line in islice(_lines_written(commands, variables), MAX_USERS):
            self.known.setdefault(line.name, line)

    def _change(self, command: Command, variables: Mapping[str, str]) -> None:
        arguments = read_arguments(command.expand(variables)[1:], _VALUED - _SWITCHES[command.name])
        if not arguments.operands:
            return
        name = arguments.operands[0 if command.name == "adduser" else -1]
        if command.name in {"userdel", "deluser"}:
            self.known.pop(name, None)
        elif command.name == "usermod":
            self._modify(name, arguments)
        elif name not in self.known and len(self.known) < MAX_USERS:
            self.known[name] = Account(
                name, self._number(command.name, arguments), self._home(name, command, arguments)
            )

    def _modify(self, name: str, arguments: Arguments) -> None:
        if earlier := self.known.pop(name, None):
            renamed = (*arguments.values("-l", "--login"), name)[0]
            uid = (*arguments.values("-u", "--uid"), earlier.uid)[0]
            self.known[renamed] = Account(renamed, uid, (*arguments.values(*_HOME), earlier.home)[0])

    def _home(self, name: str, command: Command, arguments: Arguments) -> str:
        given = arguments.values(*_HOME, *(("-h",) if command.name == "adduser" else ()))
        if given:
            return given[0]
        if command.name == "adduser" and arguments.has("--system") and not is_older(self.base):
            return NOWHERE
        return f"{(*arguments.values('-b', '--base-dir'), '/home')[0]}/{name}"

    def _number(self, program: str, arguments: Arguments) -> str:
        """Return the given uid, else the next one; "" for adduser's system users, as the base decides."""
        if given := arguments.values("-u", "--uid"):
            return given[0]
        system = arguments.has("-r", "--system")
        if system and program == "adduser":
            return ""
        numbers = _SYSTEM_USERS if system else _USERS
        taken = [
            int(each.uid[:9]) for each in self.known.values() if each.uid.isascii() and each.uid.isdecimal()
        ]
        used = [numbers.index(uid) for uid in taken if uid in numbers]
        return str(numbers[min(max(used, default=-1) + 1, len(numbers) - 1)])


def accounts_before(run: Run) -> Accounts:
    """Return the users before a RUN: those of Debian and those that earlier RUNs of the stage made."""
    runs: list[Run] = []
    last = earlier = _made_users_before(run)
    while earlier is not None and not _after.knows(earlier):
        runs.append(earlier)
        earlier = _made_users_before(earlier)
    for each in reversed(runs):  # oldest first, so that `_after` never recurses deeply
        _after(each)
    return _after(last) if last else Accounts(run.state.base, dict(_DEBIAN))


def _made_users_before(run: Run) -> Run | None:
    return of_kind(run.state.made_users, Run)


@remembered
def _after(run: Run) -> Accounts:
    earlier = _made_users_before(run)
    found = Accounts(run.state.base, dict(_after(earlier).known if earlier else _DEBIAN))
    found.take(run)
    return found


def _lines_written(commands: Sequence[Command], variables: Mapping[str, str]) -> Iterator[Account]:
    for write in writes(commands, variables):
        lines = write.text.splitlines() if write.path == _PASSWD else []
        for fields in (line.split(":") for line in lines):
            if len(fields) == _FIELDS:
                yield Account(fields[0], fields[2], fields[5])


_ROOT = frozenset({"", "root", "0"})


def home_of(run: Run) -> str:
    """Return `$HOME` at a RUN from ENV or ARG, else from /etc/passwd; for an unknown uid it is `/`."""
    if home := run.state.value_of("HOME"):
        return home
    user = (run.state.user.value if run.state.user else "").partition(":")[0]
    if user in _ROOT:
        return "/root"
    if known := accounts_before(run).find(user):
        return known.home
    return "/" if user.isascii() and user.isdigit() else f"/home/{user}"


def is_writable(home: str, run: Run) -> bool:
    """Whether the user of a RUN may create folders in its home; only root may if that is `/` or missing."""
    user = (run.state.user.value if run.state.user else "").partition(":")[0]
    return user in _ROOT or home not in {"/", NOWHERE}


def expanded(text: str, word: Word, home: str) -> str:
    """Replace a leading `~` in the expanded path by `home`; in quotes, `~` is an ordinary character."""
    first = word.parts[0] if word.parts else None
    if first and not first.quoted and (text == "~" or text.startswith("~/")):
        return home + text[1:]
    return text

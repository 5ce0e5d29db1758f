"""Programs that only run another one: taken off, so that `sudo env X=1 /usr/bin/apt-get` is `apt-get`."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from checks.parsing.shell.words import Word

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"})
BRACES = "braceexpand"  # bash's name for the option
_EXPANDING = frozenset({"bash", "zsh", "ksh", "mksh"})  # shells in which it is on
NOEXEC = "noexec"  # it reads, and runs nothing
_LETTERS = {"e": "errexit", "B": BRACES, "n": NOEXEC}
_AS_USER = frozenset({"su", "runuser"})


@dataclass(frozen=True, slots=True)
class Wrapper:
    """How far a wrapper's own arguments reach: options that take a value, then so many operands."""

    valued: frozenset[str] = frozenset()
    operands: int = 0
    refused: frozenset[str] = frozenset()  # with one of these it runs nothing


def _wrapper(valued: str = "", operands: int = 0, refused: str = "") -> Wrapper:
    return Wrapper(frozenset(valued.split()), operands, frozenset(refused.split()))


# From the manual pages of coreutils, util-linux, findutils, sudo, bash, gosu and su-exec.
_WRAPPERS: Mapping[str, Wrapper] = {
    "builtin": _wrapper(),
    "chronic": _wrapper(),
    "command": _wrapper(refused="-v -V"),
    "eatmydata": _wrapper(),
    "env": _wrapper("-u --unset -C --chdir"),
    "exec": _wrapper("-a"),
    "gosu": _wrapper(operands=1),
    "ionice": _wrapper("-c --class -n --classdata", refused="-p"),
    "nice": _wrapper("-n --adjustment"),
    "nohup": _wrapper(),
    "setsid": _wrapper(),
    "stdbuf": _wrapper("-i -o -e --input --output --error"),
    "su-exec": _wrapper(operands=1),
    "sudo": _wrapper(
        "-u --user -g --group -h --host -p --prompt -C -D --chdir -R -T -U -r -t", refused="-l -v -k"
    ),
    "time": _wrapper("-o --output -f --format"),
    "timeout": _wrapper("-s --signal -k --kill-after", operands=1),
    "xargs": _wrapper("-n -L -I -P -d -a -s -E --max-args --max-procs --delimiter --arg-file --max-lines"),
}


@dataclass(frozen=True, slots=True)
class Peeled:
    """What a command really runs, with the wrappers' names and the variables that they set."""

    words: tuple[Word, ...]
    settings: tuple[tuple[str, Word], ...] = ()
    wrappers: tuple[str, ...] = ()


def basename(text: str) -> str:
    """`/usr/bin/apt-get` is `apt-get`."""
    return text.rsplit("/", 1)[-1]


def peel(words: tuple[Word, ...]) -> Peeled:
    """Takes the wrappers off; a wrapper that runs nothing (`env` alone, `command -v`) is left."""
    settings: list[tuple[str, Word]] = []
    wrappers: list[str] = []
    start = 0
    while start < len(words) and (wrapper := _WRAPPERS.get(basename(words[start].text))):
        found: list[tuple[str, Word]] = []
        inner = _inner(words, start + 1, wrapper, found)
        if inner is None:
            break
        wrappers.append(basename(words[start].text))
        settings += found
        start = inner
    return Peeled(words[start:], tuple(settings), tuple(wrappers))


def _inner(
    words: tuple[Word, ...], at: int, wrapper: Wrapper, settings: list[tuple[str, Word]]
) -> int | None:
    """Where the wrapped command begins; None when there is none."""
    operands = wrapper.operands
    while at < len(words):
        text = words[at].text
        if text in wrapper.refused:
            return None
        if text == "--":
            at += 1
        elif text.startswith("-"):
            at += 2 if text in wrapper.valued else 1
        elif setting := words[at].assignment():
            settings.append(setting)
            at += 1
        elif operands:
            operands, at = operands - 1, at + 1
        else:
            return at
    return None


@dataclass(frozen=True, slots=True)
class ShellCall:
    """`bash -ec '...'`: its options, and its script, which is None when it comes from standard input."""

    options: frozenset[str]
    script: tuple[Word, ...] | None
    same_process: bool = False


def shell_call(words: tuple[Word, ...]) -> ShellCall | None:
    """A command that runs a script which can be read here; None for others, `sh file.sh` among them."""
    name = basename(words[0].text) if words else ""
    if name == "eval":
        return ShellCall(frozenset(), words[1:], same_process=True)
    if name in _AS_USER:
        return _as_user(words)
    return _shell(words) if name in SHELLS else None


def _as_user(words: tuple[Word, ...]) -> ShellCall | None:
    """`su app -c '...'`."""
    for option, value in pairwise(words):
        if option.text in {"-c", "--command"}:
            return ShellCall(frozenset(), (value,))
    return None


def _shell(words: tuple[Word, ...]) -> ShellCall | None:
    texts = [word.text for word in words]
    options, at, inline = options_of(texts)
    options |= braces_of(texts[0], options)
    if inline:
        return ShellCall(options, words[at : at + 1]) if at < len(words) else None
    return ShellCall(options, None) if at >= len(words) or "-s" in texts[1:at] else None


def braces_of(shell: str, options: frozenset[str]) -> frozenset[str]:
    """The option that expands braces, where the shell has it on and is not told otherwise."""
    expands = basename(shell) in _EXPANDING and f"-{BRACES}" not in options
    return frozenset({BRACES}) if expands else frozenset()


def options_of(argv: list[str]) -> tuple[frozenset[str], int, bool]:
    """The options that a shell (or `set`) is called with: `errexit`, `pipefail`, ...

    Also where its operands begin, and whether `-c` was among them. A `+e` takes an option away: it is in
    the set as `-errexit`.
    """
    options: set[str] = set()
    at, inline = 1, False
    while at < len(argv) and argv[at][:1] in {"-", "+"} and len(argv[at]) > 1:
        text, sign = argv[at], "-" if argv[at][0] == "+" else ""
        at += 1
        if text == "--":
            break
        if text.startswith("--"):
            at += text in {"--rcfile", "--init-file"}
            continue
        inline |= "c" in text and not sign
        options |= {sign + name for letter, name in _LETTERS.items() if letter in text[1:]}
        for _ in range(text.count("o") + text.count("O")):
            options |= {sign + argv[at]} if at < len(argv) else set()
            at += 1
    return frozenset(options), at, inline

"""Wrappers, which only run another program: stripped, so that `sudo env X=1 /usr/bin/apt-get` is `apt-get`."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from checks.parsing.shell.words import Word

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"})
BRACES = "braceexpand"  # bash's name for the option
_EXPANDING = frozenset({"bash", "zsh", "ksh", "mksh"})  # shells that set it by default
NOEXEC = "noexec"  # the shell parses commands but runs none
_LETTERS = {"e": "errexit", "B": BRACES, "n": NOEXEC}
_AS_USER = frozenset({"su", "runuser"})


@dataclass(frozen=True, slots=True)
class Wrapper:
    """The arguments of a wrapper itself: options that take a value, then a number of operands."""

    valued: frozenset[str] = frozenset()
    operands: int = 0
    refused: frozenset[str] = frozenset()  # options with which it runs no program


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
    """A command without its wrappers, with the wrappers' names and the variables that they set."""

    words: tuple[Word, ...]
    settings: tuple[tuple[str, Word], ...] = ()
    wrappers: tuple[str, ...] = ()


def basename(text: str) -> str:
    """`/usr/bin/apt-get` is `apt-get`."""
    return text.rsplit("/", 1)[-1]


def peel(words: tuple[Word, ...]) -> Peeled:
    """Strip the wrappers; a wrapper that runs no program (a bare `env`, `command -v`) stays."""
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
    """Return the index at which the wrapped command begins; None if the wrapper runs no program."""
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
    """`bash -ec '...'`: its options, and its script, which is None if the shell reads standard input, or a file.

    `arguments` are `$1` and so on; None if they are unknown.
    """

    options: frozenset[str]
    script: tuple[Word, ...] | None
    same_process: bool = False
    arguments: tuple[Word, ...] | None = None


def shell_call(words: tuple[Word, ...]) -> ShellCall | None:
    """Return the shell call of a command whose script is in this text; None for others, such as `sh file.sh`."""
    name = basename(words[0].text) if words else ""
    if name == "eval":
        return ShellCall(frozenset(), words[1:], same_process=True)
    if name in _AS_USER:
        return _as_user(words)
    return _shell(words) if name in SHELLS else None


def _as_user(words: tuple[Word, ...]) -> ShellCall | None:
    """Return the shell that `su app -c '...'` starts; None without `-c`."""
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
    """Return the option for brace expansion if the shell sets it by default and `options` do not unset it."""
    expands = basename(shell) in _EXPANDING and f"-{BRACES}" not in options
    return frozenset({BRACES}) if expands else frozenset()


def options_of(argv: list[str]) -> tuple[frozenset[str], int, bool]:
    """Return the options of a call of a shell or of `set` (`errexit`, `pipefail`, ...).

    Also return the index of the first operand, and whether `-c` is among the options. `+e` unsets an
    option: the set then contains `-errexit`.
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

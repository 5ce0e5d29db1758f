"""What a RUN does: its text taken apart into simple commands, each with its place and its certainty.

    split("apt-get update && apt-get install -y git", line_of=lambda n: n + 6)

It follows lists, pipelines, brackets, `if`, `for`, `while`, `until`, `case`, functions, `$( )`, backticks,
`sh -c '...'`, `su -c`, `eval`, `bash <<EOF`, and takes off `sudo`, `env X=1`, `exec`, `xargs` and their like.
A command that only starts a shell is not listed itself, what that shell runs is. A loop over words that
can be read is unrolled: its body is listed once for each. The body of a function is listed where it is defined
(never running), and where it is called, with its arguments.

What it does not understand:

- Scripts in files, `source`, `cat <<EOF | sh`, `find -exec`, `trap`.
- Globs stay as written; array variables and `$(cmd)` have no known value.
- Commands in the body of a heredoc that goes to another program than a shell, and in `$(( ))`.
- Variables in the text of `sh -c` are taken to be exported.
- Dialects: it reads bash, which contains POSIX shell but for `[[`, `<(`, `&>` and `$'..'`; it knows
  nothing of PowerShell, cmd, or a heredoc with another interpreter (`#!/usr/bin/python`: no commands).
"""

import re
from collections.abc import Callable, Collection

from checks.parsing.shell.allowance import Allowance
from checks.parsing.shell.command import Command
from checks.parsing.shell.flow import Walk
from checks.parsing.shell.grammar import Grammar
from checks.parsing.shell.nodes import Redirect
from checks.parsing.shell.place import Place
from checks.parsing.shell.process import Process
from checks.parsing.shell.words import Source, Word
from checks.parsing.shell.wrappers import BRACES, NOEXEC, SHELLS, basename, braces_of, options_of

__all__ = ["Allowance", "Command", "Redirect", "Word", "shell_options", "split"]

_SHEBANG = re.compile(r"#!\s*(\S*)(.*)")


def split(
    script: str,
    *,
    line_of: Callable[[int], int] = lambda number: number,
    options: Collection[str] = (),
    allowance: Allowance | None = None,
) -> tuple[Command, ...]:
    """The simple commands of a script in the order in which they run.

    `script` is the text that the shell gets: comment lines between continued lines already gone, as Docker
    takes them out; continued lines may still be there. `line_of` maps its 1-based lines to those of the
    file. `options` are the shell's own (`errexit`, `pipefail`), from a SHELL instruction; a script with a
    shebang has that one's instead. `allowance` is what the file's other scripts have left.
    Raises ParseError, with the line of the file, for what no shell would run and for what exceeds a limit.
    """
    shebang = _SHEBANG.match(script)
    argv = shebang[0][2:].split() if shebang else ["sh"]
    argv = argv[1:] if basename(argv[0] if argv else "") == "env" else argv
    if not argv or basename(argv[0]) not in SHELLS:
        return ()
    told = shell_options(argv) if shebang else frozenset(options)
    allowance = allowance or Allowance()
    walk = Walk(allowance)
    process = Process(
        allowance, errexit="errexit" in told, pipefail="pipefail" in told, braces=BRACES in told
    )
    if NOEXEC in told:
        process.end()
    walk.script(Grammar(Source.of(script, line_of), allowance).whole(), process, Place())
    return tuple(walk.commands)


def shell_options(argv: Collection[str]) -> frozenset[str]:
    """The options in a SHELL instruction: `["/bin/bash", "-eo", "pipefail", "-c"]` has two."""
    words = [*argv]
    options = options_of(words)[0]
    return options | braces_of(words[0], options)

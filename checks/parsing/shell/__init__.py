"""Split the shell text of a RUN into simple commands; each records its place and whether it certainly runs.

    split("apt-get update && apt-get install -y git", line_of=lambda n: n + 6)

It follows lists, pipelines, brackets, `if`, `for`, `while`, `until`, `case`, functions, `$( )`, backticks,
`sh -c '...'`, `su -c`, `eval`, `bash <<EOF`, and strips `sudo`, `env X=1`, `exec`, `xargs` and similar wrappers.
For a command that only starts a shell, it lists the commands that the shell runs instead. It unrolls a loop
over known words: it lists the body once per word. It lists the body of a function at its definition
(as never running) and at each call, with the call's arguments.

Limits:

- It reads scripts in files whose text it is given, and no others; nor `cat <<EOF | sh`, `find -exec` and `trap`.
- Globs stay as written; array variables and `$(cmd)` have no known value.
- It ignores commands in `$(( ))` and in a heredoc that goes to a program other than a shell.
- It assumes that variables in the text of `sh -c` are exported.
- It reads bash, a superset of POSIX shell except for `[[`, `<(`, `&>` and `$'..'`. It does not read
  PowerShell or cmd; a heredoc with another interpreter (`#!/usr/bin/python`) yields no commands.
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
from checks.parsing.shell.script_files import NONE, ScriptFile, ScriptFiles
from checks.parsing.shell.words import Source, Word
from checks.parsing.shell.wrappers import BRACES, NOEXEC, SHELLS, basename, braces_of, options_of

__all__ = [
    "Allowance",
    "Command",
    "Redirect",
    "ScriptFile",
    "ScriptFiles",
    "Word",
    "shell_options",
    "split",
]

_SHEBANG = re.compile(r"#!\s*(\S*)(.*)")


def split(
    script: str,
    *,
    line_of: Callable[[int], int] = lambda number: number,
    options: Collection[str] = (),
    files: ScriptFiles = NONE,
    allowance: Allowance | None = None,
) -> tuple[Command, ...]:
    """Return the simple commands of a script in the order in which they run.

    `script` is the text that the shell gets: Docker has already removed comment lines between continued
    lines; the continuations themselves may remain. `line_of` maps its 1-based lines to those of the
    file. `options` are those that a SHELL instruction sets (`errexit`, `pipefail`); a shebang replaces
    them with its own. `files` are scripts that it may run. `allowance` is the rest that the file's other
    scripts have left.
    Raises ParseError, with the line of the file, if no shell would run the script or if it exceeds a limit.
    """
    shebang = _SHEBANG.match(script)
    argv = shebang[0][2:].split() if shebang else ["sh"]
    argv = argv[1:] if basename(argv[0] if argv else "") == "env" else argv
    if not argv or basename(argv[0]) not in SHELLS:
        return ()
    told = shell_options(argv) if shebang else frozenset(options)
    allowance = allowance or Allowance()
    walk = Walk(allowance, files)
    process = Process(
        allowance, errexit="errexit" in told, pipefail="pipefail" in told, braces=BRACES in told
    )
    if NOEXEC in told:
        process.end()
    walk.script(Grammar(Source.of(script, line_of), allowance).whole(), process, Place())
    return tuple(walk.commands)


def shell_options(argv: Collection[str]) -> frozenset[str]:
    """Return the options of a SHELL instruction: `["/bin/bash", "-eo", "pipefail", "-c"]` has two."""
    words = [*argv]
    options = options_of(words)[0]
    return options | braces_of(words[0], options)

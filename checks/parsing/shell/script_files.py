"""Scripts in files with known text, such as those that a COPY makes of a heredoc, and the commands that run one.

`sh x.sh` and `./x.sh` run a file, `. x.sh` runs it in the shell itself, and a bare `setup` runs the first file of
that name in the directories of PATH: a script that is called `apt-get` there is not apt.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from checks.parsing.shell.words import Source, Word
from checks.parsing.shell.wrappers import SHELLS, ShellCall, basename, braces_of, options_of

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MAX_PATH, MAX_FOLDERS = 10_000, 50  # characters and directories of PATH that are looked at
MAX_SEARCHED = 20  # files among which one is found by the end of its path
_SHEBANG = re.compile(r"#!\s*(\S*)(.*)")
_SOURCING = frozenset({".", "source"})


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """The text of a file; `line` is the line of the Dockerfile on which it begins."""

    text: str
    line: int

    def source(self, depth: int) -> Source:
        """Return its text as a script that is nested so deep."""
        return Source.joined([(self.text, self.line)], depth)

    @property
    def interpreter(self) -> list[str]:
        """The command that the kernel runs it with: what its first line says, else a shell."""
        shebang = _SHEBANG.match(self.text)
        argv = shebang[0][2:].split() if shebang else ["sh"]
        return argv[1:] if basename(argv[0] if argv else "") == "env" else argv


@dataclass(frozen=True, slots=True)
class FileCall:
    """A command that runs a file: its path, the file, and the shell for it."""

    path: str
    file: ScriptFile
    shell: ShellCall


@dataclass(frozen=True, slots=True)
class ScriptFiles:
    """The files by absolute path, the working directory, and the directories of PATH."""

    files: Mapping[str, ScriptFile]
    directory: str = "/"
    path: str = PATH

    def called(self, words: Sequence[Word], settings: Sequence[tuple[str, Word]]) -> FileCall | None:
        """Return the file that a command runs; None if it runs none of these."""
        if not words or not self.files:
            return None
        texts = [word.text for word in words]
        name = basename(texts[0])
        if name in SHELLS:
            return self._by_shell(texts, words)
        if texts[0] in _SOURCING:
            return self._sourced(texts)
        return self._by_name(texts[0], words, settings)

    def _by_shell(self, texts: list[str], words: Sequence[Word]) -> FileCall | None:
        options, at, inline = options_of(texts)
        path = self._resolved(texts[at]) if at < len(texts) and not inline else ""
        told = options | braces_of(texts[0], options)
        return FileCall(path, self.files[path], _call(told, words[at + 1 :])) if path else None

    def _sourced(self, texts: list[str]) -> FileCall | None:
        path = self._resolved(texts[1]) if texts[1:] else ""
        return (
            FileCall(path, self.files[path], ShellCall(frozenset(), None, same_process=True))
            if path
            else None
        )

    def _by_name(
        self, name: str, words: Sequence[Word], settings: Sequence[tuple[str, Word]]
    ) -> FileCall | None:
        path = self._resolved(name) if "/" in name else self._on_the_path(name, settings)
        argv = self.files[path].interpreter if path else []
        if not argv or basename(argv[0]) not in SHELLS:
            return None
        options = options_of(argv)[0]
        return FileCall(path, self.files[path], _call(options | braces_of(argv[0], options), words[1:]))

    def _resolved(self, path: str) -> str:
        """Return the absolute path of a file; where a `cd` may come before, its end must tell; "" for no file."""
        whole = posixpath.normpath(posixpath.join(self.directory, path))
        if whole in self.files or path.startswith("/"):
            return whole if whole in self.files else ""
        if len(self.files) > MAX_SEARCHED:
            return ""
        ends = [known for known in self.files if known.endswith(f"/{posixpath.normpath(path)}")]
        return ends[0] if len(ends) == 1 else ""

    def _on_the_path(self, name: str, settings: Sequence[tuple[str, Word]]) -> str:
        """Return the file of this name in the first directory that has one; the real program may come before."""
        places = (posixpath.join(folder, name) for folder in self._folders(settings))
        return next((place for place in places if place in self.files), "")

    def _folders(self, settings: Sequence[tuple[str, Word]]) -> Iterator[str]:
        """Yield the directories of PATH, those that are set for this command alone first."""
        own = (word.text for name, word in reversed(settings) if name == "PATH")
        for path in (*islice(own, 1), self.path, PATH):
            folders = path[:MAX_PATH].split(":")[:MAX_FOLDERS]
            yield from (folder for folder in folders if folder.startswith("/"))


def _call(options: frozenset[str], arguments: Sequence[Word]) -> ShellCall:
    return ShellCall(options, None, arguments=tuple(arguments))


NONE = ScriptFiles({})

"""What a student handed in for one lab: the workspace, and each file parsed once.

What cannot be read surfaces here as `CheckFailed`, with the file and the line.
"""

import hashlib
import os
import posixpath
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from checks.evidence.submission.limits import Refused, SubmissionRefused
from checks.evidence.submission.workspace import Source, Workspace, make_workspace
from checks.expect.basics import ABSENT
from checks.grading.cached import cached
from checks.grading.canary_files import CanaryFiles
from checks.lab import Lab
from checks.outcomes import MEND, CheckFailed
from checks.parsing.text.problems import ParseError
from checks.sanitize import sanitize

if TYPE_CHECKING:
    from checks.parsing.dockerfile.dockerfile import Dockerfile
    from checks.parsing.packages.poetry_lock import Lock
    from checks.parsing.packages.poetry_project import Project
    from checks.parsing.text.yaml_node import YamlNode

ANSWERS = "answers.yaml"


class LabSubmission:
    """The files of one lab of one submission; `room` is a folder of the grader's own."""

    def __init__(self, lab: Lab, submission: Source, room: Path) -> None:
        self.lab = lab
        self.nonce = secrets.token_hex(8)
        self.canary_files = CanaryFiles.of(lab)
        self._submission = submission
        self._room = room

    @cached
    def workspace(self) -> Workspace:
        """The lab's starter with the student's files laid over it, and the nonce planted."""
        room = self._room / self.lab.id
        try:
            workspace = make_workspace(self.lab.folder, self.lab.edit, self._submission, room)
        except SubmissionRefused as refused:
            expected = "a submission that can be opened"
            raise CheckFailed(expected, f"{refused.what}: {refused.why}", refused.what_to_do) from None
        nonce = self.lab.nonce
        workspace.substitute(nonce.file, nonce.text, f"{nonce.text} {self.nonce}")
        self.canary_files.plant(workspace.root)
        return workspace

    def path_of(self, name: str) -> str:
        """A file of the lab, as a report names it."""
        return f"{self.lab.id}/{name}"

    @cached
    def handed_in(self, name: str) -> bytes:
        """One of the student's files; raises `CheckFailed` when it is missing or was refused."""
        workspace = self.workspace()
        if name in workspace.refused:
            raise CheckFailed(
                f"a plain file `{name}`",
                workspace.refused[name],
                "Hand in the file itself.",
                file=self.path_of(name),
            )
        if name in workspace.missing:
            where = f"Put it into the folder `{self.lab.id}/` of what you hand in."
            raise CheckFailed(f"a file `{name}`", self._instead(name), where, file=self.path_of(name))
        return (workspace.root / name).read_bytes()

    def _instead(self, name: str) -> str:
        """A file that was meant as this one, and is called otherwise."""
        for other in _other_names(name):
            with suppress(Refused):
                if self._submission.find(self.path_of(other)) is not None:
                    return f"a file `{other}`, and it must be called `{name}`"
        with suppress(SubmissionRefused):
            if place := self._submission.elsewhere(self.lab.id, name):
                return f"a file at `{place}`, and it belongs at `{self.path_of(name)}`"
        return ABSENT

    @cached
    def fingerprint(self) -> str:
        """Of all that was handed in for this lab: it is the same for the same work only, whoever hands it in."""
        digest = hashlib.sha256(self.lab.id.encode())
        for name in self.lab.edit:
            data = self.context_file(name)
            digest.update(repr((name, data)).encode())
        return digest.hexdigest()

    def context(self, dockerfile: str) -> Callable[[str], bytes | None]:
        """A function that reads a file of this Dockerfile's build context, as `context_file` does."""
        folder = self.lab.images[dockerfile].context
        return lambda name: self.context_file(posixpath.normpath(posixpath.join(folder, name)))

    def context_file(self, name: str) -> bytes | None:
        """A file of the lab's folder, as a build sees it; None when there is none."""
        path = self.workspace().root / name
        # `Path.is_file` raises for a name that no system takes.
        return path.read_bytes() if os.path.isfile(path) else None  # noqa: PTH113 - no error for odd names

    @cached
    def dockerfile(self, name: str) -> "Dockerfile":
        """The student's Dockerfile, parsed."""
        from checks.parsing.dockerfile.dockerfile import parse_dockerfile

        with self.reading(name):
            return parse_dockerfile(self.handed_in(name), path=name)

    @cached
    def project(self, name: str) -> "Project":
        """The student's pyproject.toml, parsed."""
        from checks.parsing.packages.poetry_project import parse_project

        with self.reading(name):
            return parse_project(self.handed_in(name), name)

    @cached
    def lock(self, name: str) -> "Lock":
        """The student's poetry.lock, parsed."""
        from checks.parsing.packages.poetry_lock import parse_lock

        with self.reading(name):
            return parse_lock(self.handed_in(name), name)

    @cached
    def answers(self, name: str) -> "YamlNode":
        """The student's answers."""
        from checks.parsing.text.yaml_file import parse_yaml

        with self.reading(name):
            return parse_yaml(self.handed_in(name), self.path_of(name), allow_aliases=False)

    def answers_if_any(self) -> "YamlNode | None":
        """The student's answers where they can be read: for what only shows them, their absence is no mistake."""
        with suppress(CheckFailed):
            return self.answers(ANSWERS)
        return None

    @contextmanager
    def reading(self, name: str) -> Iterator[None]:
        """What cannot be read at all is the student's to mend."""
        try:
            yield
        except ParseError as error:
            raise CheckFailed(
                f"a {name} that can be read",
                sanitize(error.message),
                MEND,
                file=self.path_of(name),
                line=error.line,
            ) from None


def _other_names(name: str) -> Iterator[str]:
    """How a file is called by mistake: in other letters, with another ending, by the older name of Compose."""
    yield from sorted({name.lower(), name.capitalize(), name.upper()} - {name})
    yield f"{name}.txt"
    if name.endswith(".yaml"):
        yield from (
            name.removesuffix("yaml") + "yml",
            f"docker-{name}",
            f"docker-{name.removesuffix('yaml')}yml",
        )
    yield name.removeprefix(".")

"""A student's files for one lab: the workspace, and each file parsed once.

A file that cannot be read raises `CheckFailed`, with the file and the line.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from checks.evidence.submission.limits import Refused, SubmissionRefused
from checks.evidence.submission.tree import other_names
from checks.evidence.submission.workspace import Source, Workspace, make_workspace
from checks.expect.basics import ABSENT
from checks.grading.cached import cached
from checks.grading.canary_files import CanaryFiles
from checks.grading.data_set import DataSet
from checks.lab import Lab
from checks.outcomes import MEND, CheckFailed
from checks.parsing.text.problems import ParseError
from checks.sanitize import sanitize

if TYPE_CHECKING:
    from checks.evidence.submission.context_files import ContextFiles
    from checks.parsing.dockerfile.dockerfile import Dockerfile
    from checks.parsing.packages.build_files import Read
    from checks.parsing.packages.poetry_lock import Lock
    from checks.parsing.packages.poetry_project import Project
    from checks.parsing.text.yaml_node import YamlNode

ANSWERS = "answers.yaml"


class LabSubmission:
    """The files of one lab of one submission; `room` is the scratch directory of the grading."""

    def __init__(self, lab: Lab, submission: Source, room: Path) -> None:
        self.lab = lab
        self.nonce = secrets.token_hex(8)
        self.canary_files = CanaryFiles.of(lab)
        self.data_set = DataSet.of(lab)
        self.arguments = self.new_arguments()
        self._submission = submission
        self._room = room

    def new_arguments(self) -> Mapping[str, str]:
        """Return a value for each build argument of the lab: a random version, as `41.7.86`."""
        return {name: ".".join(str(secrets.randbelow(100)) for _ in range(3)) for name in self.lab.arguments}

    @cached
    def workspace(self) -> Workspace:
        """Make the lab's workspace, with the nonce, the canaries and the grader's own data planted."""
        room = self._room / self.lab.id
        try:
            workspace = make_workspace(self.lab.starter, self.lab.edit, self._submission, room)
        except SubmissionRefused as refused:
            expected = "a submission that can be opened"
            raise CheckFailed(expected, f"{refused.what}: {refused.why}", refused.what_to_do) from None
        nonce = self.lab.nonce
        workspace.substitute(nonce.file, nonce.text, f"{nonce.text} {self.nonce}")
        self.canary_files.plant(workspace.root)
        self.data_set.plant(workspace.root)
        return workspace

    def path_of(self, name: str) -> str:
        """Return the name of a file of the lab in reports."""
        return f"{self.lab.id}/{name}"

    @cached
    def handed_in(self, name: str) -> bytes:
        """Return one of the student's files; raise `CheckFailed` if it is missing or was refused."""
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
        """Describe a file that the student probably meant as this one, by another name or elsewhere."""
        for other in other_names(name):
            with suppress(Refused):
                if self._submission.find(self.path_of(other)) is not None:
                    return f"a file `{other}`, and it must be called `{name}`"
        with suppress(SubmissionRefused):
            if place := self._submission.elsewhere(self.lab.id, name):
                return f"a file at `{place}`, and it belongs at `{self.path_of(name)}`"
        return ABSENT

    @cached
    def fingerprint(self) -> str:
        """Return a digest of the files for this lab; it is equal only for equal files, from any student."""
        digest = hashlib.sha256(self.lab.id.encode())
        for name in self.lab.edit:
            data = self.context_file(name)
            digest.update(repr((name, data)).encode())
        return digest.hexdigest()

    @cached
    def context(self, dockerfile: str) -> "ContextFiles":
        """Return the files that a build of this Dockerfile gets."""
        from checks.evidence.submission.context_files import ContextFiles

        return ContextFiles.of(self.workspace().root / self.lab.images[dockerfile].context)

    def requirements_context(self, dockerfile: str) -> "Read":
        """Return what reads the lists of requirements of this Dockerfile, where their versions are judged."""
        from checks.grading.lists_kept_out import read_for_versions

        return read_for_versions(self.dockerfile(dockerfile).final, self.context(dockerfile))

    def context_file(self, name: str) -> bytes | None:
        """Return a file of the lab's folder in the workspace; None if it does not exist."""
        path = self.workspace().root / name
        # `Path.is_file` raises for a name that is invalid on every system.
        return path.read_bytes() if os.path.isfile(path) else None  # noqa: PTH113 - no error for odd names

    @cached
    def dockerfile(self, name: str) -> "Dockerfile":
        """Parse the student's Dockerfile."""
        from checks.parsing.dockerfile.dockerfile import parse_dockerfile

        with self.reading(name):
            return parse_dockerfile(self.handed_in(name), path=name)

    @cached
    def project(self, name: str) -> "Project":
        """Parse the student's pyproject.toml."""
        from checks.parsing.packages.poetry_project import parse_project

        with self.reading(name):
            return parse_project(self.handed_in(name), name)

    @cached
    def lock(self, name: str) -> "Lock":
        """Parse the student's poetry.lock."""
        from checks.parsing.packages.poetry_lock import parse_lock

        with self.reading(name):
            return parse_lock(self.handed_in(name), name)

    @cached
    def answers(self, name: str) -> "YamlNode":
        """Parse the student's answers."""
        from checks.parsing.text.yaml_file import parse_yaml

        with self.reading(name):
            return parse_yaml(self.handed_in(name), self.path_of(name), allow_aliases=False)

    def answers_if_any(self) -> "YamlNode | None":
        """Return the student's answers, for showing them only; None if they are missing or cannot be read."""
        with suppress(CheckFailed):
            return self.answers(ANSWERS)
        return None

    @contextmanager
    def reading(self, name: str) -> Iterator[None]:
        """Turn a `ParseError` inside the block into `CheckFailed`, since the student can mend the file."""
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

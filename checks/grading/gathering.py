"""Everything known of one lab of one submission, each thing once: one parse, one build, one pass.

What the student did wrong surfaces here as `CheckFailed`, what this machine lacks as `NotRun`; anything else
is the grader's own fault.
"""

import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from checks.evidence.output import visible
from checks.evidence.refused import SubmissionRefused
from checks.evidence.workspace import Source, Workspace, make_workspace
from checks.expect.failure import CheckFailed
from checks.grading.engines import Engines, Say, Step
from checks.grading.lab import Lab
from checks.grading.once import once
from checks.grading.planting import Planting
from checks.parsing.errors import ParseError

if TYPE_CHECKING:
    from checks.evidence.built import Built
    from checks.evidence.image import Image
    from checks.evidence.service import Service
    from checks.parsing.dockerfile import Dockerfile
    from checks.parsing.poetry import Project
    from checks.parsing.poetrylock import Lock
    from checks.parsing.yamlnode import YamlNode


class Gathering:
    """One lab of one submission, as far as anybody asked."""

    def __init__(self, lab: Lab, submission: Source, room: Path, engines: Engines, step: Step) -> None:
        self.lab = lab
        self.engines = engines
        self.nonce = secrets.token_hex(8)
        self.planting = Planting.of(lab)
        self._submission = submission
        self._room = room
        self._step = step

    @once
    def workspace(self) -> Workspace:
        """The lab's starter with the student's files laid over it, and the nonce planted."""
        room = self._room / self.lab.id
        try:
            workspace = make_workspace(self.lab.folder, self.lab.edit, self._submission, room)
        except SubmissionRefused as refused:
            expected = "a submission that can be opened"
            raise CheckFailed(expected, f"{refused.what}: {refused.why}", refused.what_to_do) from None
        nonce = self.lab.value("nonce")
        workspace.substitute(nonce["file"], nonce["text"], f"{nonce['text']} {self.nonce}")
        self.planting.plant(workspace.root)
        return workspace

    def path_of(self, name: str) -> str:
        """A file of the lab, as a report names it."""
        return f"{self.lab.id}/{name}"

    @once
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
            raise CheckFailed(f"a file `{name}`", "there is none", where, file=self.path_of(name))
        return (workspace.root / name).read_bytes()

    def context_file(self, name: str) -> bytes | None:
        """A file of the folder that is built, as the build sees it; None when there is none."""
        path = self.workspace().root / name
        return path.read_bytes() if path.is_file() else None

    @once
    def dockerfile(self, name: str) -> "Dockerfile":
        """The student's Dockerfile, parsed."""
        from checks.parsing.dockerfile import parse_dockerfile

        with self.reading(name):
            return parse_dockerfile(self.handed_in(name), path=name)

    @once
    def project(self, name: str) -> "Project":
        """The student's pyproject.toml, parsed."""
        from checks.parsing.poetry import parse_project

        with self.reading(name):
            return parse_project(self.handed_in(name), name)

    @once
    def lock(self, name: str) -> "Lock":
        """The student's poetry.lock, parsed."""
        from checks.parsing.poetrylock import parse_lock

        with self.reading(name):
            return parse_lock(self.handed_in(name), name)

    @once
    def answers(self, name: str) -> "YamlNode":
        """The student's answers."""
        from checks.parsing.yamlfile import parse_yaml

        with self.reading(name):
            return parse_yaml(self.handed_in(name), self.path_of(name), allow_aliases=False)

    @contextmanager
    def reading(self, name: str) -> Iterator[None]:
        """What cannot be read at all is the student's to mend."""
        try:
            yield
        except ParseError as error:
            raise CheckFailed(
                f"a `{name}` that can be read",
                visible(error.message),
                "Mend this line first; nothing else in the file can be judged before.",
                file=self.path_of(name),
                line=error.line,
            ) from None

    @once
    def built(self, name: str) -> "Built":
        """The image, built on bases that were there before its time began to count."""
        from checks.grading.building import build_image

        return build_image(self, name, self.workspace().root)

    @once
    def rebuilt(self, name: str) -> "Built":
        """The image built again, after one byte of the app's source has changed."""
        from checks.grading.building import build_image

        self.built(name)  # what that leaves in the cache is what this is about
        edited = self._room / f"{self.lab.id}-edited-{name}"
        shutil.copytree(self.workspace().root, edited)
        with (edited / self.lab.value("nonce")["file"]).open("a") as source:
            source.write("\n")
        return build_image(self, name, edited)

    @once
    def image(self, name: str) -> "Image":
        """One pass over all that the image is made of."""
        return self._look_into(self.built(name), name)

    @once
    def filled_image(self, name: str) -> "Image | None":
        """The same with all that somebody is expected to give to the build; None when that is nothing.

        A planted value goes into each build argument that waits for one. Where secrets are mounted, nothing
        comes out of the cache: BuildKit's key of a RUN has the id of a secret and not what it says, so an
        earlier grading's layer, with an earlier value, would stand in for this one's. A build that fails with
        such arguments is tried without them: then no secret goes that way.
        """
        from checks.grading.building import build_image

        dockerfile, root = self.dockerfile(name), self.workspace().root
        arguments = self.planting.build_arguments(dockerfile)
        mounts_secrets = bool(self.planting.build_secrets(dockerfile, root))
        attempts = [given for given in (arguments, {}) if given or mounts_secrets]
        for given in attempts:
            with suppress(CheckFailed):
                return self._look_into(build_image(self, name, root, given, fresh=mounts_secrets), name)
        return None

    def _look_into(self, built: "Built", name: str) -> "Image":
        from checks.evidence.image import read_image

        engine, _ = self.engines.ready()
        with self.step(f"looks into the image of {self.path_of(name)}"):
            stream = engine.client.api.get_image(built.id)
            canaries = self.planting.canaries
            return read_image(stream, base_layers=built.base_layers, canaries=canaries)

    def step(self, sentence: str) -> AbstractContextManager[Say]:
        """Tell the person who waits what is being done."""
        return self._step(sentence)

    def service(
        self, name: str, *, environment: Mapping[str, str] | None = None, volumes: Sequence[str] = ()
    ) -> AbstractContextManager["Service"]:
        """The image, booted with what it is given from outside; `volumes` as `docker run --volume` has them."""
        from checks.evidence.service import boot

        built = self.built(name)
        engine, run = self.engines.ready()
        return boot(
            engine,
            run,
            built.id,
            port=int(self.lab.number("port")),
            seconds=self.lab.number("start_seconds"),
            environment=environment,
            volumes=volumes,
        )

    def folder(self, name: str) -> Path:
        """A folder beside the workspace that a container's user may read, made when it is missing."""
        path = self._room / f"{self.lab.id}-{name}"
        path.mkdir(mode=0o755, exist_ok=True)
        path.chmod(0o755)  # whatever the umask
        return path

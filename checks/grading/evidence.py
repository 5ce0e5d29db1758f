"""Evidence for one lab of one submission, computed lazily and cached.

`CheckFailed` is a student's mistake, `NotRun` something that this machine lacks; any other exception is the
grader's own fault. The labs of one submission share their evidence, including labs that a check only compares
with.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from checks.evidence.submission.workspace import Source
from checks.grading.cached import cached
from checks.grading.engines import Engines, Say, Step
from checks.grading.submission import LabSubmission
from checks.lab import Lab, load_lab
from checks.outcomes import CheckFailed

if TYPE_CHECKING:
    from checks.evidence.image.built import Built
    from checks.evidence.image.image import Image
    from checks.evidence.service.job import Job
    from checks.evidence.service.service import Service
    from checks.grading.build import BuildContext


EDITS = 2  # at most, of the source; the second only if a step ran again after the first


class LabEvidence(LabSubmission):
    """The submission's files for one lab, and the images and services made from them on demand."""

    def __init__(self, lab: Lab, submission: Source, room: Path, engines: Engines, step: Step) -> None:
        super().__init__(lab, submission, room)
        self.engines = engines
        self._step = step
        self.rebuilt: dict[str, list[Built]] = {}

    @cached
    def built(self, name: str) -> "Built":
        """Build the image; its bases are fetched before its time limit starts."""
        from checks.grading.build import build_image

        return build_image(self.build_context, name, self.workspace().root)

    def builds(self, name: str) -> "Iterator[Built]":
        """Yield the image, then a build after each edit of the app's source, each edit a byte longer.

        Where the lab gives its builds a version, each has another one. The last is built alone: during other
        builds from the same base, BuildKit now and then overlooks entries of its cache.
        """
        from checks.grading.build import build_image

        yield self.built(name)
        edits = self.lab.images[name].source or self.lab.nonce.file
        for number in range(1, EDITS + 1):
            edited = self._room / f"{self.lab.id}-edited-{number}-{name.replace('/', '-')}"
            shutil.copytree(self.workspace().root, edited)
            with (edited / edits).open("a") as source:
                source.write("\n" * number)
            rebuilt = build_image(
                self.build_context, name, edited, self.new_arguments(), alone=number == EDITS
            )
            self.rebuilt.setdefault(name, []).append(rebuilt)
            yield rebuilt

    @cached
    def image(self, name: str) -> "Image":
        """Read the image's contents, in one pass."""
        return self._look_into(self.built(name), name)

    @cached
    def filled_image(self, name: str) -> "Image | None":
        """Read the image built with canaries as arguments and secrets; None if it takes none or no build succeeds.

        Each build argument that needs a value gets a canary. If a RUN mounts secrets, the build uses no cache:
        BuildKit's key of a RUN has the id of a secret and not its value, so an earlier grading's layer, with an
        earlier value, would replace this one's. If the build fails with such arguments, it is tried without them:
        then no secret goes that way.
        """
        from checks.grading.build import build_image

        context, dockerfile, root = self.build_context, self.dockerfile(name), self.workspace().root
        arguments = self.canary_files.build_arguments(dockerfile)
        mounts_secrets = bool(self.canary_files.build_secrets(dockerfile, root))
        attempts = [given for given in (arguments, {}) if given or mounts_secrets]
        for given in attempts:
            with suppress(CheckFailed):
                return self._look_into(build_image(context, name, root, given, fresh=mounts_secrets), name)
        return None

    def _look_into(self, built: "Built", name: str) -> "Image":
        from checks.grading.looking import look_into

        engine, _ = self.engines.ready()
        with self.step(f"looks into the image of {self.path_of(name)}"):
            return look_into(engine, built, self.canary_files, self.path_of(name))

    @property
    def build_context(self) -> "BuildContext":
        """The context for builds of these Dockerfiles."""
        from checks.grading.build import BuildContext

        return BuildContext(self, self.engines, self.step)

    def step(self, sentence: str) -> AbstractContextManager[Say]:
        """Return a context manager that shows `sentence` as the current step."""
        return self._step(sentence)

    def service(
        self,
        name: str,
        *,
        environment: Mapping[str, str] | None = None,
        volumes: Sequence[str] = (),
        options: Mapping[str, Any] = MappingProxyType({}),
        port: int | None = None,
    ) -> AbstractContextManager["Service"]:
        """Boot the image with this environment and `volumes`, which are in the syntax of `docker run --volume`.

        `port`: where it must serve, by default the lab's. `options` are those of `run_container`.
        """
        from checks.evidence.service.service import boot

        built = self.built(name)
        engine, run = self.engines.ready()
        if volumes:
            self.require_visible(built.reference)
        return boot(
            engine,
            run,
            built.reference,
            port=port or self.lab.port,
            seconds=self.lab.start_seconds,
            by_hand=f"make run{self.lab.target}",
            environment=environment,
            volumes=volumes,
            options=options,
        )

    def job(self, name: str, seconds: float) -> AbstractContextManager["Job"]:
        """Run the image, which should end by itself within `seconds`."""
        from checks.evidence.service.job import job

        reference = self.built(name).reference
        engine, run = self.engines.ready()
        by_hand = f"docker run --rm {self.lab.images[name].tag}"
        return job(engine, run, reference, seconds=seconds, by_hand=by_hand)

    def require_visible(self, image: str) -> None:
        """Raise `NotRun` if the engine cannot see the folder with the files that containers mount."""
        self.engines.require_visible(self._room, image)

    def folder(self, name: str) -> Path:
        """Return a folder beside the workspace that a container's user may read; create it if it is missing."""
        path = self._room / f"{self.lab.id}-{name}"
        path.mkdir(mode=0o755, exist_ok=True)
        path.chmod(0o755)  # regardless of the umask
        return path


class SubmissionEvidence:
    """Evidence by lab; checks that ask for the same evidence share it."""

    def __init__(
        self, labs: Sequence[Lab], submission: Source, room: Path, engines: Engines, step: Step
    ) -> None:
        self._labs = {lab.id: lab for lab in labs}
        self._submission = submission
        self._room = room
        self._engines = engines
        self._step = step

    @cached
    def of(self, lab_id: str) -> LabEvidence:
        """Return the evidence of the student's own work on a lab, which need not be among those graded."""
        return self._evidence(lab_id, self._submission, self._room)

    @cached
    def reference(self, lab_id: str) -> LabEvidence | None:
        """Return the evidence of a lab's reference solution; None in a copy of the course without solutions."""
        from checks.evidence.submission.submission import open_submission

        solution = self._lab(lab_id).solution
        if not solution.is_dir():
            return None
        solutions = self._engines.enter_context(open_submission(solution.parent))
        return self._evidence(lab_id, solutions, self._room / "reference")

    def _evidence(self, lab_id: str, source: Source, room: Path) -> LabEvidence:
        return LabEvidence(self._lab(lab_id), source, room, self._engines, self._step)

    def _lab(self, lab_id: str) -> Lab:
        return self._labs.get(lab_id) or load_lab(lab_id)

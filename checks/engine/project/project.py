"""One Compose project of a run: normalised, brought up, looked at, and torn down whatever happens.

Compose is given no file that a student wrote: it gets ours, as JSON, with the variables replaced and every
dollar sign escaped, and an environment that is empty: where Compose takes a variable from its environment, and
there are many such places, nothing of this user is found. So what was judged is what is run, and a `.env` cannot
tell the Docker CLI which engine to talk to.
"""

import json
import re
import secrets
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checks.engine.commands import attempt
from checks.engine.container import Running
from checks.engine.disk import DiskWatch
from checks.engine.engine import Engine
from checks.engine.errors import EngineError
from checks.engine.limits import ContainerLimits
from checks.engine.project.document import Document, Lookup, Published, escaped, filled
from checks.engine.reaper import labelled
from checks.engine.refusals import is_refused
from checks.engine.retry import NOTABLE, Patience, again
from checks.engine.run import Run
from checks.engine.written import project_disk
from checks.parsing.text.yaml_node import YamlNode

CONFIG_SECONDS = 30.0
STARTING_SECONDS = 30.0  # that `up` takes for networks and containers, besides waiting for them
PROJECT_LABEL = "com.docker.compose.project"
SERVICE_LABEL = "com.docker.compose.service"
LAST_LINES = 10
_IMPATIENT = re.compile("unhealthy|not healthy")
_PROGRESS = re.compile(r" *(Network|Volume|Container|Image) \S+ +[A-Z][a-z]+$")


class ComposeRefused(Exception):  # noqa: N818 - Compose's verdict on a student's file
    """`docker compose config` does not accept the file; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Up:
    """How `up --wait` ended: what it said, and how many seconds it took on a machine that had the time.

    `is_impatient`: it gave up waiting for a service to be healthy.
    """

    succeeded: bool
    said: str
    seconds: float
    is_impatient: bool = False


@dataclass(frozen=True)
class Project:
    """A project of that name in `root`; `scratch` holds what Compose is given."""

    engine: Engine
    name: str
    root: Path
    scratch: Path
    disk: DiskWatch
    published: Published = field(default_factory=Published, compare=False)

    def normalised(self, written: YamlNode, variables: Lookup = lambda _name: None) -> Document:
        """What Compose makes of a file, its variables replaced already. Raises `ComposeRefused`.

        `variables` has the values of names that stand without one.
        """
        given = filled(escaped(written), variables)
        done = self._compose(given, "--profile", "*", "config", "--format", "json", seconds=CONFIG_SECONDS)
        if done.returncode:
            raise ComposeRefused(_last_words(done.stderr))
        document: Document = json.loads(done.stdout)
        return document

    def up(self, document: Document, service: str, seconds: float) -> Up:
        """Boot a service and what it depends on, and wait up to `seconds` for all of them to be healthy."""
        patience = Patience(seconds)
        ended = self._up(document, service, patience)
        while ended.is_impatient and patience.slowness > NOTABLE and not patience.is_over:
            time.sleep(1)
            ended = self._up(document, service, patience)
        return ended

    @again(EngineError)
    def _up(self, document: Document, service: str, patience: Patience) -> Up:
        """Ask once; on other ports where somebody has taken one. Raises `EngineError` when the engine refuses."""
        seconds = patience.seconds
        wait = ["--detach", "--wait", "--wait-timeout", str(int(seconds)), "--pull", "never", "--no-build"]
        published = self.published.applied(document)
        try:
            done = self._compose(published, "up", *wait, service, seconds=seconds + STARTING_SECONDS)
        except EngineError as stopped:  # its own limit of time should have ended it before
            self.engine.client.ping()
            return Up(succeeded=False, said=stopped.output, seconds=patience.spent, is_impatient=True)
        said = _last_words(done.stderr).replace(f"{self.name}-", "")
        if done.returncode and is_refused(said):
            self.published.forget(said)
            raise EngineError(["docker", "compose", "up", service], done.returncode, said)
        is_impatient = done.returncode != 0 and _IMPATIENT.search(said) is not None
        return Up(done.returncode == 0, said, patience.spent, is_impatient)

    def container(self, service: str, limits: ContainerLimits) -> Running | None:
        """The first container of a service, running or not; None when there is none."""
        labels = [f"{PROJECT_LABEL}={self.name}", f"{SERVICE_LABEL}={service}"]
        found = self.engine.client.containers.list(all=True, filters={"label": labels})
        return Running(self.engine, found[0], limits, self.disk) if found else None

    def down(self) -> None:
        """Take everything away that has the project's label, and the anonymous volumes of its containers.

        `docker compose down` takes away what its file names, and of a project that was killed half-way it
        leaves the rest.
        """
        for resource in labelled(self.engine, f"{PROJECT_LABEL}={self.name}"):
            resource.remove()

    def _compose(self, document: Document, *words: str, seconds: float) -> subprocess.CompletedProcess[str]:
        """`docker compose` on our own file, with none of the variables of this user or of the student."""
        file, empty = self.scratch / "compose.json", self.scratch / "empty.env"
        file.write_text(json.dumps(document), "utf-8")
        empty.write_text("", "utf-8")
        where = ["--project-directory", str(self.root), "--project-name", self.name]
        files = ["--file", str(file), "--env-file", str(empty), "--ansi", "never"]
        command = ["docker", *self._engine(), "compose", *where, *files, *words]
        return attempt(command, environment={}, time_limit_s=seconds, program=self.engine.cli)

    def _engine(self) -> list[str]:
        """Which engine, and where its plugins are: in words, since Compose would pass on variables."""
        known = self.engine.environment
        home = known.get("HOME")
        config = known.get("DOCKER_CONFIG") or (str(Path(home) / ".docker") if home else None)
        return ["--host", self.engine.docker_host, *(["--config", config] if config else []), *_tls(known)]


@contextmanager
def project(engine: Engine, run: Run, root: Path, mounted: Path) -> Iterator[Project]:
    """A project under a random name, with the folder `root`; gone on the way out.

    `mounted`: below this lies whatever of this machine its containers may write to.
    """
    name = f"{run.name}-{secrets.token_hex(4)}"
    label = f"{PROJECT_LABEL}={name}"
    with run.scratch() as scratch, project_disk(engine, label, mounted, ContainerLimits()) as disk:
        made = Project(engine, name, root, Path(scratch), disk)
        try:
            yield made
        finally:
            made.down()


def _tls(known: Mapping[str, str]) -> list[str]:
    """What the docker program reads from its environment of certificates, for an engine behind TLS."""
    if not known.get("DOCKER_TLS_VERIFY"):
        return []
    place = Path(known.get("DOCKER_CERT_PATH") or Path(known.get("HOME", "/"), ".docker"))
    files = {"--tlscacert": "ca.pem", "--tlscert": "cert.pem", "--tlskey": "key.pem"}
    return ["--tlsverify", *(f"{option}={place / file}" for option, file in files.items())]


def _last_words(text: str) -> str:
    """What Compose said, without its warnings and its progress."""
    lines = [line for line in text.splitlines() if "level=warning" not in line and not _PROGRESS.match(line)]
    return "\n".join(lines[-LAST_LINES:]).strip() or "it said nothing"

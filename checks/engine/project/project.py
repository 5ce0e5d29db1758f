"""One Compose project of a run: normalise it, bring it up, inspect it, and always tear it down.

Compose never gets the student's file. It gets ours, as JSON, with variables replaced and dollar signs escaped, and
an empty environment, since Compose reads variables from there in many places. So Compose runs exactly the document
that we judged, and no `.env` can point the Docker CLI to another engine.
"""

import json
import re
import secrets
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
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
STARTING_SECONDS = 30.0  # for `up` to create networks and containers, before it waits for them
PROJECT_LABEL = "com.docker.compose.project"
SERVICE_LABEL = "com.docker.compose.service"
LAST_LINES = 10
NOT_YET = frozenset({"starting", "unhealthy"})  # statuses of a health check (docker inspect, `State.Health`)
_IMPATIENT = re.compile("unhealthy|not healthy")
_PROGRESS = re.compile(r" *(Network|Volume|Container|Image) \S+ +[A-Z][a-z]+$")


class ComposeRefused(Exception):  # noqa: N818 - Compose's verdict on a student's file
    """`docker compose config` does not accept the file; the message is its output."""


@dataclass(frozen=True, slots=True)
class Up:
    """How `up --wait` ended: its output, and its duration in seconds of an idle machine.

    `is_impatient`: it stopped waiting for a service to become healthy.
    """

    succeeded: bool
    said: str
    seconds: float
    is_impatient: bool = False


@dataclass(frozen=True)
class Project:
    """A Compose project in the folder `root`; `scratch` holds the file that Compose reads."""

    engine: Engine
    name: str
    root: Path
    scratch: Path
    disk: DiskWatch
    published: Published = field(default_factory=Published, compare=False)

    def normalised(self, written: YamlNode, variables: Lookup = lambda _name: None) -> Document:
        """Return the document that `docker compose config` makes of a file with its variables replaced.

        `variables` gives the values of names without one. Raises `ComposeRefused` if Compose rejects the file,
        and EngineError if Compose itself fails.
        """
        given = filled(escaped(written), variables)
        done = self._compose(given, "--profile", "*", "config", "--format", "json", seconds=CONFIG_SECONDS)
        if done.returncode:
            if said := _last_words(done.stderr):
                raise ComposeRefused(said)
            raise EngineError(["docker", "compose", "config"], done.returncode, said)  # it was killed
        document: Document = json.loads(done.stdout)
        return document

    def up(self, document: Document, services: Sequence[str], seconds: float) -> Up:
        """Boot services and their dependencies, and wait up to `seconds` for all of them to be healthy."""
        patience = Patience(seconds)
        ended = self._up(document, services, patience)
        while ended.is_impatient and patience.slowness > NOTABLE and not patience.is_over:
            time.sleep(1)
            ended = self._up(document, services, patience)
        return ended

    @again(EngineError)
    def _up(self, document: Document, services: Sequence[str], patience: Patience) -> Up:
        """Run `docker compose up`; raise EngineError if the engine refuses, and retry on other ports."""
        seconds = patience.seconds
        wait = ["--detach", "--wait", "--wait-timeout", str(int(seconds)), "--pull", "never", "--no-build"]
        published = self.published.applied(document)
        try:
            done = self._compose(published, "up", *wait, *services, seconds=seconds + STARTING_SECONDS)
        except EngineError as stopped:
            if not isinstance(stopped.__cause__, subprocess.TimeoutExpired):
                raise
            self.engine.client.ping()  # `--wait-timeout` should have ended it before
            return Up(succeeded=False, said=stopped.output, seconds=patience.spent, is_impatient=True)
        said = _last_words(done.stderr).replace(f"{self.name}-", "")
        if done.returncode and (not said or is_refused(said)):  # without a word: it was killed
            self.published.forget(said)
            patience.begin()
            raise EngineError(["docker", "compose", "up", *services], done.returncode, said)
        if done.returncode == 0 and (waiting := self._waiting()):
            said = f"{said}\nnot healthy after {patience.spent:.0f} s: {', '.join(waiting)}"
            return Up(succeeded=False, said=said, seconds=patience.spent, is_impatient=True)
        is_impatient = done.returncode != 0 and _IMPATIENT.search(said) is not None
        return Up(done.returncode == 0, said, patience.spent, is_impatient)

    def _waiting(self) -> list[str]:
        """Return the services that run and are not healthy: Compose may end with 0 after its `--wait-timeout`."""
        label = f"{PROJECT_LABEL}={self.name}"
        running = self.engine.client.containers.list(filters={"label": label}, ignore_removed=True)
        states = ((each.labels[SERVICE_LABEL], each.attrs["State"].get("Health")) for each in running)
        return sorted(name for name, health in states if health and health["Status"] in NOT_YET)

    def container(self, service: str, limits: ContainerLimits) -> Running | None:
        """Return the first container of a service, running or not; None if the service has no container."""
        labels = [f"{PROJECT_LABEL}={self.name}", f"{SERVICE_LABEL}={service}"]
        found = self.engine.client.containers.list(all=True, filters={"label": labels})
        return Running(self.engine, found[0], limits, self.disk) if found else None

    def end(self, document: Document) -> None:
        """Run `docker compose down`: it removes containers and networks, and keeps the volumes that have a name."""
        done = self._compose(self.published.applied(document), "down", seconds=STARTING_SECONDS)
        if done.returncode:
            raise EngineError(["docker", "compose", "down"], done.returncode, _last_words(done.stderr))

    def down(self) -> None:
        """Remove every resource with the project's label, and the anonymous volumes of its containers.

        `docker compose down` removes only the resources in its file, and leaves parts of a half-created project.
        """
        for resource in labelled(self.engine, f"{PROJECT_LABEL}={self.name}"):
            resource.remove()

    def _compose(self, document: Document, *words: str, seconds: float) -> subprocess.CompletedProcess[str]:
        """Run `docker compose` on our document, without any variable of this user or of the student."""
        file, empty = self.scratch / "compose.json", self.scratch / "empty.env"
        file.write_text(json.dumps(document), "utf-8")
        empty.write_text("", "utf-8")
        where = ["--project-directory", str(self.root), "--project-name", self.name]
        files = ["--file", str(file), "--env-file", str(empty), "--ansi", "never"]
        command = ["docker", *self._engine(), "compose", *where, *files, *words]
        return attempt(command, environment={}, time_limit_s=seconds, program=self.engine.cli)

    def _engine(self) -> list[str]:
        """Return the engine and its plugins as options, since Compose would pass variables on to the project."""
        known = self.engine.environment
        home = known.get("HOME")
        config = known.get("DOCKER_CONFIG") or (str(Path(home) / ".docker") if home else None)
        return ["--host", self.engine.docker_host, *(["--config", config] if config else []), *_tls(known)]


@contextmanager
def project(engine: Engine, run: Run, root: Path, mounted: Path) -> Iterator[Project]:
    """Yield a project under a random name in the folder `root`; on exit, tear it down.

    `mounted` contains every path of this machine that its containers may write to.
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
    """Return the options for an engine behind TLS, from the variables that the Docker CLI would read."""
    if not known.get("DOCKER_TLS_VERIFY"):
        return []
    place = Path(known.get("DOCKER_CERT_PATH") or Path(known.get("HOME", "/"), ".docker"))
    files = {"--tlscacert": "ca.pem", "--tlscert": "cert.pem", "--tlskey": "key.pem"}
    return ["--tlsverify", *(f"{option}={place / file}" for option, file in files.items())]


def _last_words(text: str) -> str:
    """Return the last lines of Compose's output, without warnings and progress."""
    lines = [line for line in text.splitlines() if "level=warning" not in line and not _PROGRESS.match(line)]
    return "\n".join(lines[-LAST_LINES:]).strip()

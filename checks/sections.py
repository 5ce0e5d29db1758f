"""Parts of a `lab.yaml`: those of every lab, and those that several labs share, whose `Asked` inherits them."""

from dataclasses import dataclass
from typing import Literal

from checks.parsing.text.typed import Section

Reveal = Literal["full", "actual-only", "none"]
"""How much of a failure an export for students shows: everything, all but expected and help, or the points."""


@dataclass(frozen=True, kw_only=True)
class ImageAsked(Section):
    """One image of a lab: its base's names, the tag that a student uses, and the folder that is its build context.

    `source` is the file of the app that an edit changes, by default the nonce's.
    """

    base: str
    tag: str
    base_aliases: tuple[str, ...] = ()
    context: str = "."
    source: str | None = None

    @property
    def bases(self) -> tuple[str, ...]:
        """The base's names, the usual one first."""
        return (self.base, *self.base_aliases)


@dataclass(frozen=True, kw_only=True)
class Nonce(Section):
    """A text in a file of the starter, behind which a random word is put before the build."""

    file: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RunInputs(Section):
    """What `make run<target>` gives the container out of the lab's folder, where it is there."""

    env_file: str | None = None
    volumes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FigureSettings(Section):
    """How far the figures in `answers.yaml` may be from the measured ones: in percent, or in MB (10^6 bytes)."""

    tolerance_percent: float
    tolerance_mb: float


@dataclass(frozen=True, kw_only=True)
class EarlierImage(Section):
    """The lab whose image this one improves on, and the figures of that image where it cannot be built."""

    lab: str
    own_mb: float
    wasted_mb: float
    efficiency_percent: float


@dataclass(frozen=True, kw_only=True)
class BaselineSettings(Section):
    """A lab that is compared with an earlier one."""

    earlier: EarlierImage


@dataclass(frozen=True, kw_only=True)
class PredictionSettings(Section):
    """A service that predicts: `features` has the range of each; `tolerance` of a prediction is relative."""

    features: tuple[tuple[float, float], ...]
    tolerance: float


@dataclass(frozen=True, kw_only=True)
class ModelSettings(PredictionSettings):
    """A service that is given a model and a secret.

    `trainer` is the folder that is built to train a model. `models` is where the folder with it is mounted,
    `secret` where the API key is; `model_file` and `secret_file` are these in the lab's folder.
    """

    trainer: str
    models: str
    secret: str
    model_file: str
    secret_file: str


@dataclass(frozen=True, kw_only=True)
class DataSettings(PredictionSettings):
    """A lab whose own training the grader feeds: at least `rows` rows, below the header of `data_file`."""

    data_file: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ComposeSettings(Section):
    """A Compose project: the student's example of an `.env`, and what `docker compose up --wait` may take."""

    healthy_seconds: float
    environment: str = ".env.example"


@dataclass(frozen=True, kw_only=True)
class PipelineSettings(ComposeSettings, DataSettings):
    """A project of two services: `training` writes a model and ends, `serving` predicts with it.

    The training is built from the Dockerfile `trainer`, and ends within `train_seconds` of its start. `inside` is
    the port of the container that serves, where the file publishes no other.
    """

    training: str
    serving: str
    trainer: str
    inside: int
    train_seconds: float


@dataclass(frozen=True, kw_only=True)
class WatchedSettings(ComposeSettings):
    """A project of one service that is graded, and an image that may watch it.

    The service takes its key from the variable `secret_variable` as well, and it should not stand there.
    """

    service: str
    secret_variable: str
    prometheus: str


@dataclass(frozen=True, kw_only=True)
class LeakyImage(Section):
    """An image that leaks a key, in a variable and in a deleted file; the key depends on the salt."""

    tag: str
    salt: str
    variable: str
    file: str


@dataclass(frozen=True, kw_only=True)
class LeakSettings(Section):
    """A lab that hands out a leaky image."""

    leaky: LeakyImage


@dataclass(frozen=True, kw_only=True)
class ScanFiles(Section):
    """The files of a lab's scans: Trivy's report, the exceptions from it, and the inventory of the image."""

    report: str = "scan.json"
    exceptions: str = ".trivyignore.yaml"
    inventory: str = "sbom.json"


@dataclass(frozen=True, kw_only=True)
class ScanSettings(Section):
    """A lab whose image is scanned: `make scan<target>`, `make slim<target>` and `make sbom<target>` are for it."""

    scans: ScanFiles


@dataclass(frozen=True, kw_only=True)
class NaiveSettings(Section):
    """A lab whose image is compared with the one that most people build first, in the folder `naive`.

    `naive_percent` is what it may weigh, at most, as a share of that one.
    """

    naive: str
    naive_percent: float

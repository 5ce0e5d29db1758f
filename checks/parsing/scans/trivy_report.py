"""Trivy's report in JSON, schema version 2: the image that was scanned, its packages, and what was found.

The keys are those of Trivy's package `types` and of the OCI image config.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from packaging.utils import canonicalize_name
from pydantic import Field, StrictInt

from checks.parsing.scans.trivy_result import Part, Result, Vulnerability
from checks.parsing.text.json_file import Listed, Mapped, read_json
from checks.parsing.text.problems import ParseError

SCHEMA_VERSION: Final = 2
IMAGE: Final = "container_image"
SYSTEM: Final = "os-pkgs"  # the class of a result
PYTHON: Final = "python-pkg"  # the type of a result


@dataclass(frozen=True, slots=True)
class System(Part):
    """The operating system: `debian` and `12.5`."""

    family: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class ScannedConfig(Part):
    """The environment and the labels in the image config."""

    env: Listed[str] = ()
    labels: Mapped[str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Document(Part):
    """The image config; its own key is in lower case."""

    config: Annotated[ScannedConfig | None, Field(alias="config")] = None


@dataclass(frozen=True, slots=True)
class _Metadata(Part):
    system: Annotated[System | None, Field(alias="OS")] = None
    image_config: _Document | None = None


@dataclass(frozen=True, slots=True)
class TrivyReport(Part):
    """One report; `path` is its file's name."""

    schema_version: StrictInt
    artifact_name: str = ""
    artifact_type: str = ""
    metadata: _Metadata = _Metadata()
    results: Listed[Result] = ()

    @property
    def system(self) -> System:
        """The operating system; one without a name if Trivy did not recognise it."""
        return self.metadata.system or System()

    @property
    def config(self) -> ScannedConfig:
        """The image config; empty in a report that is of no image."""
        document = self.metadata.image_config
        return (document.config if document else None) or ScannedConfig()

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment that the image config sets."""
        pairs = (setting.partition("=") for setting in self.config.env)
        return {name: value for name, _, value in pairs}

    @property
    def has_system_packages(self) -> bool:
        """Whether it lists packages of the operating system."""
        return any(result.packages for result in self.results if result.kind == SYSTEM)

    @property
    def python_packages(self) -> Mapping[str, frozenset[str]]:
        """The versions of each Python package, by normalised name."""
        found: dict[str, set[str]] = {}
        for result in self.results:
            for package in result.packages if result.type == PYTHON else ():
                found.setdefault(canonicalize_name(package.name), set()).add(package.version)
        return {name: frozenset(versions) for name, versions in found.items()}

    @property
    def vulnerabilities(self) -> Iterator[tuple[str, Vulnerability]]:
        """All vulnerabilities with the targets of their results, in the order of the report."""
        return ((result.target, each) for result in self.results for each in result.vulnerabilities)


def parse_trivy_report(data: bytes, path: str) -> TrivyReport:
    """Parse a report; `path` is its name for messages. Raises ParseError."""
    try:
        report = read_json(TrivyReport, data, path)
    except ParseError as error:
        how = "; Trivy writes it with `--format json`"
        raise ParseError(error.message + how, error.line) from None
    if report.schema_version != SCHEMA_VERSION:
        raise ParseError(
            f"{path} has the schema version {report.schema_version}, and only {SCHEMA_VERSION} is known here: "
            "make it with another release of Trivy"
        )
    return report

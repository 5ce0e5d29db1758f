"""A result in Trivy's report: one target with its packages, and the findings of all of Trivy's scanners."""

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field
from pydantic.alias_generators import to_pascal

from checks.parsing.text.json_file import Listed, keys

GRAVE: Final = frozenset({"HIGH", "CRITICAL"})  # severities that count
FAILED: Final = "FAIL"  # the status of a misconfiguration


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a report, whose keys are the fields' names in Pascal case."""

    __pydantic_config__ = keys(to_pascal)


@dataclass(frozen=True, slots=True)
class Package(Part):
    """One package that the image has."""

    name: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Identifier(Part):
    """The package URL, `pkg:pypi/flask@3.0.0`."""

    purl: Annotated[str, Field(alias="PURL")] = ""


@dataclass(frozen=True, slots=True)
class Vulnerability(Part):
    """A vulnerability of one package; `fixed_version` is empty if no version without it exists.

    `path`: the package's metadata in the image, for a package that is not of the system.
    """

    id: Annotated[str, Field(alias="VulnerabilityID")]
    package: Annotated[str, Field(alias="PkgName")] = ""
    path: Annotated[str, Field(alias="PkgPath")] = ""
    identifier: Annotated[Identifier, Field(alias="PkgIdentifier")] = Identifier()
    installed_version: str = ""
    fixed_version: str = ""
    severity: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Cause(Part):
    """The lines of a misconfiguration; None where nothing is there that should be."""

    start_line: int | None = None
    end_line: int | None = None


@dataclass(frozen=True, slots=True)
class Misconfiguration(Part):
    """One of Trivy's own checks of a file, and what came of it."""

    id: Annotated[str, Field(alias="ID")]
    title: str = ""
    message: str = ""
    resolution: str = ""
    severity: str = ""
    status: str = ""
    cause_metadata: Cause = Cause()


@dataclass(frozen=True, slots=True)
class LayerNamed(Part):
    """The layer of a secret: its diff id, and the instruction that made it."""

    diff_id: Annotated[str, Field(alias="DiffID")] = ""
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class Secret(Part):
    """Text that looks like a secret; Trivy's report shows it masked."""

    id: Annotated[str, Field(alias="RuleID")]
    title: str = ""
    severity: str = ""
    match: str = ""
    start_line: int | None = None
    layer: LayerNamed = LayerNamed()


@dataclass(frozen=True, slots=True)
class Result(Part):
    """What was found in one target: the image's system, its Python packages, or one file."""

    target: str = ""
    kind: Annotated[str, Field(alias="Class")] = ""
    type: str = ""
    packages: Listed[Package] = ()
    vulnerabilities: Listed[Vulnerability] = ()
    misconfigurations: Listed[Misconfiguration] = ()
    secrets: Listed[Secret] = ()

"""What other tools say of a Dockerfile, as opinions: hadolint and `docker build --check`, both in their own JSON.

Trivy's report has a module of its own. The keys are those that the tools document, and others are ignored.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic.alias_generators import to_camel

from checks.parsing.scans.trivy_report import TrivyReport
from checks.parsing.scans.trivy_result import FAILED
from checks.parsing.text.json_file import Listed, keys, read_json

GAVE_UP = "build error"  # in the place of a rule: Docker cannot read the file, or cannot have its base


@dataclass(frozen=True, slots=True)
class Opinion:
    """One finding of one tool, by the name of its rule; without a line it is about the file as a whole."""

    tool: str
    rule: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    __pydantic_config__ = keys(to_camel)


@dataclass(frozen=True, slots=True)
class _Linted(_Part):
    code: str
    message: str
    line: int


@dataclass(frozen=True, slots=True)
class _Findings(_Part):
    all: Listed[_Linted] = ()


@dataclass(frozen=True, slots=True)
class _Position(_Part):
    line: int


@dataclass(frozen=True, slots=True)
class _Range(_Part):
    start: _Position


@dataclass(frozen=True, slots=True)
class _Location(_Part):
    ranges: Listed[_Range] = ()

    @property
    def line(self) -> int | None:
        """Where it begins."""
        return self.ranges[0].start.line if self.ranges else None


@dataclass(frozen=True, slots=True)
class _Warning(_Part):
    rule_name: str
    detail: str = ""
    description: str = ""
    location: _Location = _Location()


@dataclass(frozen=True, slots=True)
class _BuildError(_Part):
    message: str
    location: _Location = _Location()


@dataclass(frozen=True, slots=True)
class _Checked(_Part):
    warnings: Listed[_Warning] = ()
    build_error: _BuildError | None = None


def of_hadolint(written: str) -> Iterator[Opinion]:
    """Yield the findings of `hadolint --format json`; raise `ParseError`."""
    found = read_json(_Findings, f'{{"all": {written}}}'.encode(), "hadolint's report")
    for each in found.all:
        yield Opinion("hadolint", each.code, each.message, each.line or None)


def of_docker(written: str) -> Iterator[Opinion]:
    """Yield what `docker build --call=check,format=json` warns of, and where it gave up; raise `ParseError`."""
    report = read_json(_Checked, written.encode(), "the report of docker build --check")
    for each in report.warnings:
        yield Opinion("docker", each.rule_name, each.detail or each.description, each.location.line)
    if error := report.build_error:
        yield Opinion("docker", GAVE_UP, error.message, error.location.line)


def of_trivy(report: TrivyReport) -> Iterator[Opinion]:
    """Yield the misconfigurations of a report, those that passed aside."""
    for result in report.results:
        for each in result.misconfigurations:
            if each.status == FAILED:
                yield Opinion("trivy", each.id, each.message or each.title, each.cause_metadata.start_line)

"""The `.env` that a Compose project is given: what the student's example says, with the settings of the grader."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.parsing.compose.dotenv import DotEnv, parse_dotenv
from checks.sections import ComposeSettings

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence


def dot_env(evidence: "LabEvidence", settings: Mapping[str, str]) -> bytes:
    """The student's example with these settings: in place of their own, or added."""
    values = dict(example_of(evidence))
    canary_files = evidence.canary_files
    if canary_files.variable in values and canary_files.secret:
        # Where the example has a place for the key, its owner puts the key.
        values[canary_files.variable] = canary_files.value(canary_files.secret)
    return "".join(f"{name}={_quoted(value)}\n" for name, value in {**values, **settings}.items()).encode()


def example_of(evidence: "LabEvidence") -> Mapping[str, str]:
    """What the student's example sets."""
    return variables_of(
        evidence, evidence.context_file(evidence.lab.asks(ComposeSettings).environment) or b""
    ).values


def variables_of(evidence: "LabEvidence", environment: bytes) -> DotEnv:
    """What a `.env` says; it can be read unless the student's example, of which it is made, cannot."""
    example = evidence.lab.asks(ComposeSettings).environment
    with evidence.reading(example):
        return parse_dotenv(environment, example)


def _quoted(value: str) -> str:
    """A value between single quotes, in which nothing is replaced; one that would end them is in double ones."""
    if "'" not in value and "\\" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'

"""The `.env` of a Compose project: the student's example, with the grader's settings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.parsing.compose.dotenv import DotEnv, parse_dotenv
from checks.sections import ComposeSettings

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence


def dot_env(evidence: "LabEvidence", settings: Mapping[str, str]) -> bytes:
    """Return the student's example with these settings replaced or added."""
    values = dict(example_of(evidence))
    canary_files = evidence.canary_files
    if canary_files.variable in values and canary_files.secret:
        # If the example has a variable for the key, a user puts the key there.
        values[canary_files.variable] = canary_files.value(canary_files.secret)
    return "".join(f"{name}={_quoted(value)}\n" for name, value in {**values, **settings}.items()).encode()


def example_of(evidence: "LabEvidence") -> Mapping[str, str]:
    """Return the variables that the student's example sets."""
    return variables_of(
        evidence, evidence.context_file(evidence.lab.asks(ComposeSettings).environment) or b""
    ).values


def variables_of(evidence: "LabEvidence", environment: bytes) -> DotEnv:
    """Parse a `.env`; a parse error names the student's example, from which the grader made it."""
    example = evidence.lab.asks(ComposeSettings).environment
    with evidence.reading(example):
        return parse_dotenv(environment, example)


def _quoted(value: str) -> str:
    """Return the value in single quotes, which prevent expansion, or else escaped in double quotes."""
    if "'" not in value and "\\" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'

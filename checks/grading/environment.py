"""The `.env` that a Compose project is given: what the student's example says, with the settings of the grader."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.parsing.compose.dotenv import DotEnv, parse_dotenv

if TYPE_CHECKING:
    from checks.grading.evidence import Gathering


def dot_env(gathering: "Gathering", settings: Mapping[str, str]) -> bytes:
    """The student's example with these settings: in place of their own, or added."""
    values = dict(example_of(gathering))
    secret = gathering.lab.text("secret_variable")
    if secret in values:  # where the example has a place for the key, its owner puts the key
        values[secret] = gathering.planting.value(gathering.lab.text("secret_file"))
    return "".join(f"{name}={_quoted(value)}\n" for name, value in {**values, **settings}.items()).encode()


def example_of(gathering: "Gathering") -> Mapping[str, str]:
    """What the student's example sets."""
    return variables_of(gathering, gathering.context_file(gathering.lab.text("environment")) or b"").values


def variables_of(gathering: "Gathering", environment: bytes) -> DotEnv:
    """What a `.env` says; it can be read unless the student's example, of which it is made, cannot."""
    example = gathering.lab.text("environment")
    with gathering.reading(example):
        return parse_dotenv(environment, example)


def _quoted(value: str) -> str:
    """A value between single quotes, in which nothing is replaced; one that would end them is in double ones."""
    if "'" not in value and "\\" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'

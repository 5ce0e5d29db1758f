"""A Dockerfile as frozen data, parsed as BuildKit parses it, without running anything.

Parser directives (`# syntax=`, `# escape=`, `# check=`) end at the first other line: below a blank line or an
ordinary comment, a directive is an ordinary comment too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from checks.parsing.dockerfile.context import MAX_PORTS, Dialect
from checks.parsing.dockerfile.instructions import Instruction
from checks.parsing.dockerfile.parser import Builder
from checks.parsing.dockerfile.reader import read_statements
from checks.parsing.dockerfile.references import circles, missing_stages, needed
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.shell import Allowance
from checks.parsing.text.decoding import MAX_LINE_BYTES, SPACE, decode
from checks.parsing.text.expansion import Budget
from checks.parsing.text.problems import ParseError, Problem, Problems
from checks.sanitize import shortened

_NAMES = frozenset({"syntax", "escape", "check"})
_DIRECTIVE = re.compile(rf"#[{SPACE}]*([a-zA-Z][a-zA-Z0-9]*)[{SPACE}]*=[{SPACE}]*([^{SPACE}].*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Directive:
    """One parser directive; `name` is in lower case, `line` is 1-based."""

    name: str
    value: str
    line: int


def read_directives(lines: Sequence[str], problems: Problems) -> Mapping[str, Directive]:
    """Read the directives at the head of the file, by name; if one is repeated, the first counts."""
    found: dict[str, Directive] = {}
    for number, line in enumerate(lines, 1):
        match = _DIRECTIVE.match(line.lstrip(SPACE))
        if match is None or match[1].lower() not in _NAMES:
            break
        directive = Directive(match[1].lower(), match[2].strip(SPACE), number)
        if directive.name in found:
            problems.add(number, f"only one {directive.name} directive can be used")
        found.setdefault(directive.name, directive)
    return found


def escape_character(directives: Mapping[str, Directive], problems: Problems) -> str:
    r"""Return the escape in force: "\" unless `# escape=` says "`"."""
    directive = directives.get("escape")
    if directive is None or directive.value in {"\\", "`"}:
        return directive.value if directive else "\\"
    problems.add(directive.line, f"invalid escape `{directive.value}`: only \\ and ` can be")
    return "\\"


MAX_SEARCHED = 1_000  # lines and instructions that are searched for a message
_MISSING = "there is no FROM, so there is no image to build"


def without_from(instructions: Sequence[Instruction], lines: Sequence[str]) -> Problem:
    """Return the problem of a file without FROM, at the line that looks like one, else at line 1."""
    for instruction in instructions[:MAX_SEARCHED]:
        if get_close_matches(instruction.keyword[:20], ["FROM"], cutoff=0.7):
            return Problem(instruction.line, f"{_MISSING}: `{instruction}` should begin with FROM")
    for number, line in enumerate(lines[:MAX_SEARCHED], 1):
        if line.strip().startswith("#") and line.strip("# \t").startswith("FROM "):
            return Problem(number, f"{_MISSING}: `{shortened(line)}` is a comment")
    return Problem(1, _MISSING)


__all__ = ["Dockerfile", "Problem", "Stage", "parse_dockerfile"]


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A parsed Dockerfile; `problems` lists what Docker would refuse, by line.

    `instructions` has all instructions in order; refused ones are `Invalid` and have no effect. `lines` is for
    excerpts: line n is `lines[n - 1]`.
    """

    path: str
    directives: Mapping[str, Directive]
    instructions: tuple[Instruction, ...]
    stages: tuple[Stage, ...]
    problems: tuple[Problem, ...]
    lines: tuple[str, ...]

    @property
    def final(self) -> Stage:
        """The last stage, which `docker build` builds. Raises ParseError if the file has no stage."""
        if not self.stages:
            problem = without_from(self.instructions, self.lines)
            raise ParseError(problem.message, problem.line)
        return self.stages[-1]

    def stage(self, name_or_index: str | int) -> Stage | None:
        """Return the stage with this name (in any case; the last one, as in Docker) or index, or None."""
        if isinstance(name_or_index, int):
            return self.stages[name_or_index] if 0 <= name_or_index < len(self.stages) else None
        named = (stage for stage in reversed(self.stages) if stage.name == name_or_index.lower())
        return next(named, None) if name_or_index else None


def parse_dockerfile(
    data: bytes, *, path: str = "Dockerfile", build_args: Mapping[str, str] = MappingProxyType({})
) -> Dockerfile:
    """Read a Dockerfile as `docker build --build-arg ...` would.

    Raises only ParseError: for data that is not text or passes a limit. Anything else that Docker would refuse
    goes to `problems`, and parsing continues.
    """
    lines = decode(data, path=path)
    problems = Problems()
    directives = read_directives(lines, problems)
    escape = escape_character(directives, problems)
    dialect = Dialect(escape, dict(build_args), Budget(), Budget(MAX_PORTS), Allowance(), problems)
    builder = Builder(dialect, problems, lines)
    for statement in read_statements(lines, escape, problems):
        builder.take(statement)
    builder.finish()
    _check(builder, lines)
    return Dockerfile(
        path=path,
        directives=MappingProxyType(dict(directives)),
        instructions=tuple(builder.instructions),
        stages=tuple(builder.stages),
        problems=tuple(sorted(problems.found)),
        lines=tuple(line.rstrip("\r") for line in lines),
    )


def _check(builder: Builder, lines: tuple[str, ...]) -> None:
    """Add the problems that show only once the whole file is parsed."""
    if not builder.stages:
        problem = without_from(builder.instructions, lines)
        builder.problems.add(problem.line, problem.message)
    for number, line in enumerate(lines, 1):
        if len(line) * 4 > MAX_LINE_BYTES and len(line.encode()) > MAX_LINE_BYTES:
            builder.problems.add(
                number, f"the line is longer than the {MAX_LINE_BYTES:,} bytes that Docker reads"
            )
    built = needed(builder.stages)
    used = {stage.index for stage in built}
    for stage, problem in builder.dialect.in_use:
        if stage in used:
            builder.problems.add(problem.line, problem.message, since=problem.since)
    for number, message in _references(builder.stages, built):
        builder.problems.add(number, message)


def _references(stages: Sequence[Stage], built: Sequence[Stage]) -> tuple[tuple[int, str], ...]:
    """Return circular references, else missing stages: a stage in a circle would seem to be missing too."""
    return tuple(circles(stages)) or tuple(missing_stages(stages, built))

"""A Dockerfile as frozen data: what BuildKit would make of it, judged without running anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from checks.parsing.build import Builder
from checks.parsing.context import MAX_PORTS, Dialect
from checks.parsing.directives import Directive, escape_character, read_directives
from checks.parsing.errors import ParseError
from checks.parsing.expansion import Budget
from checks.parsing.instructions import Instruction
from checks.parsing.origins import without_from
from checks.parsing.problems import Problem, Problems
from checks.parsing.reader import read_statements
from checks.parsing.references import circles, missing_stages, needed
from checks.parsing.shell import Allowance
from checks.parsing.source import MAX_LINE_BYTES, decode
from checks.parsing.stages import Stage

__all__ = ["Dockerfile", "Problem", "Stage", "parse_dockerfile"]


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """`problems` is what Docker would refuse, by line; such an instruction is `Invalid` and has no effect.

    `instructions` are all of the file, in order; `lines` are for excerpts: line n is `lines[n - 1]`.
    """

    path: str
    directives: Mapping[str, Directive]
    instructions: tuple[Instruction, ...]
    stages: tuple[Stage, ...]
    problems: tuple[Problem, ...]
    lines: tuple[str, ...]

    @property
    def final(self) -> Stage:
        """The last stage: what `docker build` makes. Raises ParseError when there is none."""
        if not self.stages:
            problem = without_from(self.instructions, self.lines)
            raise ParseError(problem.message, problem.line)
        return self.stages[-1]

    def stage(self, name_or_index: str | int) -> Stage | None:
        """The stage of this name (in any case; the last of that name, as for Docker) or index, or None."""
        if isinstance(name_or_index, int):
            return self.stages[name_or_index] if 0 <= name_or_index < len(self.stages) else None
        named = (stage for stage in reversed(self.stages) if stage.name == name_or_index.lower())
        return next(named, None) if name_or_index else None


def parse_dockerfile(
    data: bytes, *, path: str = "Dockerfile", build_args: Mapping[str, str] = MappingProxyType({})
) -> Dockerfile:
    """Read a Dockerfile as `docker build --build-arg ...` would.

    Raises only ParseError: for what is no text, and for what passes a limit. Everything else that Docker
    would refuse is in `problems`, and the rest of the file is read all the same.
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
    """What can be told only when the whole file is known."""
    if not builder.stages:
        problem = without_from(builder.instructions, lines)
        builder.problems.add(problem.line, problem.message)
    for number, line in enumerate(lines, 1):
        if len(line) * 4 > MAX_LINE_BYTES and len(line.encode()) > MAX_LINE_BYTES:
            builder.problems.add(
                number, f"the line is longer than the {MAX_LINE_BYTES:,} bytes that Docker reads"
            )
    used = {stage.index for stage in needed(builder.stages)}
    for stage, problem in builder.dialect.in_use:
        if stage in used:
            builder.problems.add(problem.line, problem.message, since=problem.since)
    for number, message in _references(builder.stages):
        builder.problems.add(number, message)


def _references(stages: Sequence[Stage]) -> tuple[tuple[int, str], ...]:
    """What goes in a circle is told first, and alone: each of its stages would seem to be at the wrong place."""
    return tuple(circles(stages)) or tuple(missing_stages(stages, needed(stages)))

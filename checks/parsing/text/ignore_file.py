"""A .dockerignore, evaluated as in Docker: the last pattern that matches the path or a parent decides."""

import posixpath
from dataclasses import dataclass

from checks.parsing.text.decoding import SPACE, decode
from checks.parsing.text.path_pattern import PathPattern
from checks.parsing.text.problems import ParseError, Problem, Problems, Refused

MAX_PATTERNS = 10_000
MAX_PATH = 4_096  # Linux's PATH_MAX: a build context cannot contain longer paths


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """One line: it ignores the paths that match; with a `!`, it includes them again."""

    pattern: PathPattern
    negated: bool
    line: int

    def matches(self, path: str) -> bool:
        """Return whether the pattern matches the path or one of its parents."""
        return any(self.pattern.matches(path[:end]) for end in _ends(path))


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """A parsed .dockerignore; `problems` lists the lines for which Docker refuses to build."""

    path: str
    rules: tuple[IgnoreRule, ...]
    problems: tuple[Problem, ...]

    def ignores(self, path: str) -> bool:
        """Return whether the file excludes this path, relative to the build context."""
        rule = self.deciding(path)
        return rule is not None and not rule.negated

    def deciding(self, path: str) -> IgnoreRule | None:
        """Return the last rule that matches the path; None if no rule does.

        Raises ParseError for a path that is longer than `MAX_PATH`.
        """
        cleaned = posixpath.normpath(path).lstrip("/")
        if len(cleaned) > MAX_PATH:
            raise ParseError(f"a path of {len(cleaned):,} characters: more than {MAX_PATH:,} cannot exist")
        if cleaned in {".", ""}:
            return None
        return next((rule for rule in reversed(self.rules) if rule.matches(cleaned)), None)


def parse_ignorefile(data: bytes, *, path: str = ".dockerignore") -> IgnoreFile:
    """Parse a .dockerignore. Raises only ParseError: for data that is not text, and for exceeded limits."""
    problems = Problems()
    rules: list[IgnoreRule] = []
    for number, line in enumerate(decode(data, path=path), 1):
        text = line.strip(SPACE)
        if not text or line.startswith("#"):
            continue
        if len(rules) >= MAX_PATTERNS:
            raise ParseError(f"{path} has more than {MAX_PATTERNS:,} patterns", number)
        try:
            rules.append(_rule(text, number))
        except Refused as refusal:
            problems.add(number, str(refusal))
    return IgnoreFile(path, tuple(rules), tuple(problems.found))


def _rule(text: str, line: int) -> IgnoreRule:
    negated = text.startswith("!")
    pattern = text[1:].strip(SPACE) if negated else text
    if not pattern:
        raise Refused("`!` alone takes nothing back in: a pattern is missing")
    return IgnoreRule(PathPattern.parse(pattern), negated, line)


def _ends(path: str) -> list[int]:
    """Return the offsets at which the path and each of its parents end."""
    return [at for at, char in enumerate(path) if char == "/" and at] + [len(path)]

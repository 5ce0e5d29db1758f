"""A .dockerignore, judged as Docker judges it: the last pattern that matches the path or a parent decides."""

import posixpath
from dataclasses import dataclass

from checks.parsing.text.decoding import SPACE, decode
from checks.parsing.text.path_pattern import PathPattern
from checks.parsing.text.problems import ParseError, Problem, Problems, Refused

MAX_PATTERNS = 10_000
MAX_PATH = 4_096  # Linux's PATH_MAX: no longer path can be in a build context


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """One line: what matches is ignored, or with a `!` taken back in."""

    pattern: PathPattern
    negated: bool
    line: int

    def matches(self, path: str) -> bool:
        """Whether the pattern matches the path or one of its parents."""
        return any(self.pattern.matches(path[:end]) for end in _ends(path))


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """`problems` are the lines for which Docker refuses to build."""

    path: str
    rules: tuple[IgnoreRule, ...]
    problems: tuple[Problem, ...]

    def ignores(self, path: str) -> bool:
        """Whether this path, relative to the build context, stays outside of it."""
        rule = self.deciding(path)
        return rule is not None and not rule.negated

    def deciding(self, path: str) -> IgnoreRule | None:
        """The rule that has the last word on the path, or None when it is simply sent.

        Raises ParseError for a path that is longer than `MAX_PATH`.
        """
        cleaned = posixpath.normpath(path).lstrip("/")
        if len(cleaned) > MAX_PATH:
            raise ParseError(f"a path of {len(cleaned):,} characters: more than {MAX_PATH:,} cannot exist")
        if cleaned in {".", ""}:
            return None
        return next((rule for rule in reversed(self.rules) if rule.matches(cleaned)), None)


def parse_ignorefile(data: bytes, *, path: str = ".dockerignore") -> IgnoreFile:
    """Read one. Raises only ParseError: for what is no text, and for what passes a limit."""
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
    """Where the path and each of its parents end."""
    return [at for at, char in enumerate(path) if char == "/" and at] + [len(path)]

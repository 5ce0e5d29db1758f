"""What a rule is: a pure function over one artifact that yields findings; it knows no points, no Docker."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the bad pattern stands: `line` is 1-based, in the artifact's own file."""

    line: int
    message: str


@dataclass(frozen=True)
class Rule:
    """A rule, called with an artifact of the type it judges."""

    id: str
    artifact: type
    help: str
    judge: Callable[[Any], Iterator[Finding]]

    def __call__(self, artifact: Any) -> Iterator[Finding]:
        """Find the pattern; every finding is lazy, so the first one is cheap."""
        if not isinstance(artifact, self.artifact):
            raise TypeError(f"{self.id} judges a {self.artifact.__name__}, not a {type(artifact).__name__}")
        return self.judge(artifact)

    @property
    def explanation(self) -> str:
        """Why the pattern matters, and a bad and a good example: the docstring of the rule's file."""
        return inspect.getdoc(inspect.getmodule(self.judge)) or ""

    @property
    def pattern(self) -> str:
        """The bad pattern, as the end of a sentence: "no place where ..."."""
        first = self.explanation.partition("\n")[0].removesuffix(".")
        return first[:1].lower() + first[1:] if first[1:2].islower() or first.startswith("A ") else first


def rule(artifact: type, *, help: str) -> Callable[[Callable[[Any], Iterator[Finding]]], Rule]:
    """Make a function a rule over `artifact`; `help` is what to try instead."""

    def declare(judge: Callable[[Any], Iterator[Finding]]) -> Rule:
        return Rule(judge.__name__.replace("_", "-"), artifact, help, judge)

    return declare

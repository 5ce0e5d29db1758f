"""Rules: pure functions over one artifact that yield findings, independent of points and engines."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule sees its bad pattern; `line` is 1-based, in the artifact's own file."""

    line: int
    message: str


@dataclass(frozen=True)
class Rule:
    """A rule; call it with an artifact of the type that it judges."""

    id: str
    artifact: type
    help: str
    judge: Callable[[Any], Iterator[Finding]]

    def __call__(self, artifact: Any) -> Iterator[Finding]:
        """Yield findings lazily, so that the first one is cheap. Raises TypeError for another type of artifact."""
        if not isinstance(artifact, self.artifact):
            raise TypeError(f"{self.id} judges a {self.artifact.__name__}, not a {type(artifact).__name__}")
        return self.judge(artifact)

    @property
    def explanation(self) -> str:
        """The docstring of the rule's file: why the pattern matters, with bad and good examples."""
        return inspect.getdoc(inspect.getmodule(self.judge)) or ""

    @property
    def pattern(self) -> str:
        """The bad pattern, as the end of a sentence: "no place where ..."."""
        first = self.explanation.partition("\n")[0].removesuffix(".")
        return first[:1].lower() + first[1:] if first[1:2].islower() or first.startswith("A ") else first


def rule(artifact: type, *, help: str) -> Callable[[Callable[[Any], Iterator[Finding]]], Rule]:
    """Turn a function into a rule over `artifact`; `help` says what to try instead."""

    def declare(judge: Callable[[Any], Iterator[Finding]]) -> Rule:
        return Rule(judge.__name__.replace("_", "-"), artifact, help, judge)

    return declare

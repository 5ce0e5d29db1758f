"""Where a walk is in a script, and what is known there about reaching it and about its failure."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from checks.parsing.shell.builtins import known
from checks.parsing.shell.nodes import AndOr, Pipeline, Redirect, Simple
from checks.parsing.shell.process import Process, Reach, Status
from checks.parsing.shell.words import Word


class Ended(NamedTuple):
    """How something ends: for certain, and when ordinary commands are taken to succeed."""

    certain: Status
    usual: Status


OK = Ended(Status.OK, Status.OK)
OPEN = Ended(Status.UNKNOWN, Status.OK)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the walk is: what is known about whatever stands here."""

    operator: str = ""
    reach: Reach = Reach.YES
    certain: bool = True
    fatal: bool = True
    shielded: bool = False  # `set -e` does not look here: a condition, or left of `&&`
    context: tuple[str, ...] = ()
    settings: tuple[tuple[str, Word], ...] = ()
    redirects: tuple[Redirect, ...] = ()

    def maybe(self, context: str) -> "Place":
        """A branch that may or may not be taken."""
        reach = min(self.reach, Reach.MAYBE)
        return replace(self, reach=reach, certain=False, context=(*self.context, context), operator="")

    def inside(self, context: str) -> "Place":
        return replace(self, context=(*self.context, context))

    def unheeded(self) -> "Place":
        """Here a failure changes nothing by itself."""
        return replace(self, fatal=False, shielded=True)


def failing(item: AndOr, process: Process, *, fatal: bool) -> list[bool]:
    """For each pipeline: whether the RUN fails when the list up to it has failed."""
    failing = [fatal]
    for operator, pipeline in reversed(item.pipelines[1:]):
        if operator == "&&":
            failing.append(failing[-1])
        else:
            status, exits = _surely(pipeline)
            failing.append(status is Status.FAIL and (failing[-1] or (exits and process.exit_fatal)))
    return failing[::-1]


def _surely(pipeline: Pipeline) -> tuple[Status, bool]:
    """How `false`, `exit 1` or `{ echo no; exit 1; }` ends, and whether the shell ends with it."""
    node = pipeline.elements[0][1]
    if len(pipeline.elements) > 1 or pipeline.negated:
        return Status.UNKNOWN, False
    if isinstance(node, Simple):
        argv = tuple(word.text for word in node.words)
        return known(argv), argv[:1] == ("exit",)
    if node.kind not in {"group", "subshell"} or not node.bodies[0].script.lists:
        return Status.UNKNOWN, False
    last = node.bodies[0].script.lists[-1][1]
    if len(last.pipelines) > 1 or last.background:
        return Status.UNKNOWN, False
    status, exits = _surely(last.pipelines[0][1])
    return status, exits and node.kind == "group"


def after(place: Place, operator: str, ended: Ended, *, sure: bool) -> Place:
    """The place right of `&&` or `||`; `sure` when the RUN could not have succeeded otherwise."""
    certain = place.certain and (sure or ended.certain.reach(operator) is Reach.YES)
    here = place.inside("||") if operator == "||" else place
    return replace(
        here, operator=operator, reach=min(place.reach, ended.usual.reach(operator)), certain=certain
    )


def branch(place: Place, status: Status) -> Place:
    """The place that is reached when a condition has this status."""
    reach = status.reach("&&")
    return replace(
        place, operator="", reach=min(place.reach, reach), certain=place.certain and reach is Reach.YES
    )

"""Checks: declare the points of a check and the checks it needs, and derive the order of judging.

A lab lists its checks in the order in which a student works; some need others that are listed after them.
"""

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from checks.parsing.text.problems import suggestion

Function = TypeVar("Function", bound=Callable[..., None])
PREFIX = "check_"
MEASURED = "measured"  # the report shows properties that a check records under this name
Recorder = Callable[[str, object], None]
"""pytest's own fixture `record_property`."""


class WrongCheck(Exception):  # noqa: N818 - the course's own mistake, found before anything is graded
    """A check is declared wrongly; the message names it and the missing part."""


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """The terms of one check: whole points, the ids of the checks it depends on, and whether it is a bonus."""

    points: int
    needs: tuple[str, ...] = ()
    bonus: bool = False

    @property
    def max_score(self) -> int:
        """The points that the check adds to the lab's maximum; a bonus adds none."""
        return 0 if self.bonus else self.points


def check(
    *, points: int, needs: str | Sequence[str] = (), bonus: bool = False
) -> Callable[[Function], Function]:
    """Declare a requirement worth `points`; its docstring is the sentence that the student reads.

    The report shows the points of a `bonus` separately, on top of the lab's points.

    `needs` names checks of the same lab (by id, `serves-hello-world`), in any order in the file.
    """
    terms = CheckSpec(points, (needs,) if isinstance(needs, str) else tuple(needs), bonus)

    def declare(function: Function) -> Function:
        function.__check_terms__ = terms  # type: ignore[attr-defined]  # read back by `terms_of`
        return function

    return declare


def spec_of(function: Callable[..., Any]) -> CheckSpec:
    """Return the terms that `check` declared; raise WrongCheck if the function has none."""
    terms = getattr(function, "__check_terms__", None)
    if not isinstance(terms, CheckSpec):
        raise WrongCheck(f"{function.__qualname__} is named like a check, but has no @check(points=...)")
    return terms


def id_of(function: Callable[..., Any]) -> str:
    """Return the stable id: the function's name without `check_`, in kebab-case. Gradebooks depend on it."""
    return function.__name__.removeprefix(PREFIX).replace("_", "-")


def title_of(function: Callable[..., Any], settings: Mapping[str, Any]) -> str:
    """Return the first line of the docstring, with `{names}` filled in from the lab's settings."""
    first, _, _ = (inspect.getdoc(function) or "").partition("\n")
    if not first:
        raise WrongCheck(f"{function.__qualname__} has no docstring for the student to read")
    try:
        return first.format_map(settings)
    except KeyError as missing:
        name = str(missing.args[0])
        wrong = f"{function.__qualname__}: lab.yaml has no `{name}`"
        raise WrongCheck(f"{wrong}{suggestion(name, settings)}") from None


def refuse_unknown(named: Iterable[str], checks: Collection[str]) -> None:
    """Raise WrongCheck for a check that `reveal` in lab.yaml names and the lab does not have."""
    for name in named:
        if name not in checks:
            raise WrongCheck(f"`reveal` in lab.yaml names no check: `{name}`{suggestion(name, checks)}")


def behind_needs(needs: Mapping[str, Sequence[str]], wanted: Collection[str] = ()) -> Sequence[str]:
    """Return the checks of one lab in their own order, but each after those that it needs.

    With `wanted`, only these and what they need, directly or not.

    Raise WrongCheck for a need that is not a check of the lab, and for circular needs.
    """
    ordered: dict[str, None] = {}
    waiting: set[str] = set()

    def take(check: str) -> None:
        if check in waiting:
            raise WrongCheck(f"the check `{check}` needs itself, directly or not")
        waiting.add(check)
        for need in needs[check]:
            if need not in needs:
                wrong = f"the check `{check}` needs `{need}`, which is no check of its lab"
                raise WrongCheck(f"{wrong}{suggestion(need, needs)}")
            if need not in ordered:
                take(need)
        waiting.discard(check)
        ordered.setdefault(check)

    for check in needs:
        if not wanted or check in wanted:
            take(check)
    return list(ordered)

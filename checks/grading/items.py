"""Checks as pytest's items: the lab of each, what is known of it before it runs, and their order."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import pytest

from checks.grading.check import CheckSpec, behind_needs, id_of, spec_of, title_of
from checks.outcomes import NO_MISTAKE, CheckResult, Kind, Outcome

ENGINE_FIXTURE = "engine"  # a check that uses it, directly or not, is of kind `container`
UNTOUCHED = "its turn never came: the grading was interrupted"


def lab_of(item: pytest.Item) -> str:
    """Return the id of the lab whose module the check is in."""
    return item.path.stem.removeprefix("check_")


def check_of(item: pytest.Item) -> str:
    """Return the id of the check."""
    return id_of(_function(item))


def terms_of(item: pytest.Item) -> CheckSpec:
    """Return what the check declares."""
    return spec_of(_function(item))


def planned(item: pytest.Item, settings: Mapping[str, Any]) -> CheckResult:
    """Return the result of a check that was not judged yet, its title filled in from the lab's settings."""
    function = _function(item)
    names = item.fixturenames  # type: ignore[attr-defined]  # every check is a pytest.Function
    kind: Kind = "container" if ENGINE_FIXTURE in names else "static"
    terms, title = spec_of(function), title_of(function, settings)
    return CheckResult(
        id_of(function),
        title,
        kind,
        Outcome.NOT_RUN,
        0,
        terms.max_score,
        actual=UNTOUCHED,
        help=NO_MISTAKE,
    )


def in_order(items: Sequence[pytest.Item], chosen: Collection[str]) -> Iterator[pytest.Item]:
    """Yield the checks in the order of judging, each after those that it needs; only those `chosen`, if any."""
    labs: dict[str, dict[str, pytest.Item]] = {}
    for item in items:
        labs.setdefault(lab_of(item), {})[check_of(item)] = item
    for checks in labs.values():
        needs = {check: terms_of(item).needs for check, item in checks.items()}
        yield from (checks[check] for check in behind_needs(needs, chosen))


def _function(item: pytest.Item) -> Callable[..., None]:
    return item.function  # type: ignore[attr-defined,no-any-return]  # as above

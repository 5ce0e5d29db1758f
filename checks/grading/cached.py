"""Memoise methods, so that the checks of a submission share one result instead of doing the work again."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

Owner = TypeVar("Owner")
P = ParamSpec("P")
R = TypeVar("R")


def cached(method: Callable[Concatenate[Owner, P], R]) -> Callable[Concatenate[Owner, P], R]:
    """Memoise a method: cache its result, or its exception, per instance and (hashable) arguments."""

    @functools.wraps(method)
    def remembered(self: Owner, /, *args: P.args, **kwargs: P.kwargs) -> R:
        kept: dict[Any, tuple[bool, Any]] = self.__dict__.setdefault(f"_once_{method.__name__}", {})
        key = (args, tuple(sorted(kwargs.items())))
        if key not in kept:
            try:
                kept[key] = (True, method(self, *args, **kwargs))
            except Exception as error:  # noqa: BLE001 - it is raised below
                kept[key] = (False, error)
        succeeded, outcome = kept[key]
        if succeeded:
            return outcome  # type: ignore[no-any-return]
        raise outcome

    return remembered


def known(owner: object, method: str, *args: object) -> Any:
    """Return what a memoised method has returned before; None if it was not called or has failed."""
    succeeded, outcome = owner.__dict__.get(f"_once_{method}", {}).get((args, ()), (False, None))
    return outcome if succeeded else None

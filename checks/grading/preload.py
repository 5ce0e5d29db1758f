"""Do what a class's children would each have to do, once: each child is then a fork, not a start of Python."""

import gc
from contextlib import suppress

from checks.grading.collected import Collected
from checks.grading.grade import grade
from checks.lab import ROOT, all_labs
from checks.reports import files, json_v1  # noqa: F401 - imported for the children
from checks.reports.progress import Progress


def _collected() -> Collected:
    """Return the checks of all labs; of none if that fails, which the child that needs them reports."""
    with suppress(Exception):
        return Collected(all_labs())
    return Collected(())


def _warm_up() -> None:
    """Grade what students start from, since a check's first run imports modules and compiles patterns."""
    with suppress(Exception):
        grade(ROOT, all_labs(), "none", Progress.silent().step, COLLECTED)


COLLECTED = _collected()
_warm_up()
gc.collect()
gc.freeze()  # a collection of garbage in a child would write to, and so copy, every object that it shares with us

"""Assertions with messages for students: the expected, the actual, its file and line, and advice.

Absence is not compliance: every assertion over a collection fails if the collection is empty.
"""

from checks.expect.answers import figure, largest_layer, share
from checks.expect.basics import absent, at_most, equal, finds_nothing, in_file, present
from checks.expect.caching import dependencies_before_source, dependencies_reused
from checks.expect.instructions import (
    based_on,
    exposes,
    frontend_is_an_argument,
    runs_uvicorn,
    serves,
    unbuffered,
    works_in,
)
from checks.expect.leftovers import nothing_left_behind
from checks.expect.misunderstood import Meant, instruction
from checks.expect.packages import packages_asked, packages_pinned
from checks.expect.service import answers, exec_form, pinned
from checks.expect.sizes import leaner
from checks.expect.unmet import Sought, Step, finds_nothing_among, in_order, required
from checks.outcomes import CheckFailed, NotRun

__all__ = [
    "CheckFailed",
    "Meant",
    "NotRun",
    "Sought",
    "Step",
    "absent",
    "answers",
    "at_most",
    "based_on",
    "dependencies_before_source",
    "dependencies_reused",
    "equal",
    "exec_form",
    "exposes",
    "figure",
    "finds_nothing",
    "finds_nothing_among",
    "frontend_is_an_argument",
    "in_file",
    "in_order",
    "instruction",
    "largest_layer",
    "leaner",
    "nothing_left_behind",
    "packages_asked",
    "packages_pinned",
    "pinned",
    "present",
    "required",
    "runs_uvicorn",
    "serves",
    "share",
    "unbuffered",
    "works_in",
]

"""Assertions that speak to a student: what was expected, what was found, where, and what to try.

Absence is not compliance: every assertion over many things fails when there is none to judge.
"""

from checks.expect.answers import figure, largest_layer
from checks.expect.basics import absent, at_most, equal, finds_nothing, in_order, present
from checks.expect.caching import dependencies_reused
from checks.expect.failure import CheckFailed, NotRun
from checks.expect.service import answers, exec_form, pinned

__all__ = [
    "CheckFailed",
    "NotRun",
    "absent",
    "answers",
    "at_most",
    "dependencies_reused",
    "equal",
    "exec_form",
    "figure",
    "finds_nothing",
    "in_order",
    "largest_layer",
    "pinned",
    "present",
]

"""One bad pattern a file: the file's name, the function's name and the rule's id are one and the same.

Rules are found by looking into this folder, so a new rule is one new file. Each file's docstring says why
the pattern matters and holds one bad and one good example, and `tests/test_rules.py` runs both.
"""

import importlib
import pkgutil
from collections.abc import Iterator

from checks.rules.rule import Finding, Rule, rule

__all__ = ["Finding", "Rule", "all_rules", "rule"]


def all_rules() -> Iterator[Rule]:
    """Every rule of this folder, by name."""
    for module in pkgutil.iter_modules(__path__):
        if module.name != "rule":
            yield getattr(importlib.import_module(f"{__name__}.{module.name}"), module.name)

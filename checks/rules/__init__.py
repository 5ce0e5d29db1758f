"""Each file holds one rule for one bad pattern; file, function and rule id have the same name.

`all_rules` lists the files of this folder, so a new rule is one new file. The docstring of each file says why the
pattern matters and has bad and good examples, which `tests/test_rules.py` runs.
"""

import importlib
import pkgutil
from collections.abc import Iterator

from checks.rules.rule import Finding, Rule, rule

__all__ = ["Finding", "Rule", "all_rules", "rule"]


def all_rules() -> Iterator[Rule]:
    """Yield every rule of this folder, by name."""
    for module in pkgutil.iter_modules(__path__):
        if module.name != "rule":
            yield getattr(importlib.import_module(f"{__name__}.{module.name}"), module.name)

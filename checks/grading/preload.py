"""Import the modules that a class's children need, once: each child is then a fork, not a start of Python."""

import gc
import importlib
from contextlib import suppress

import _pytest.config

from checks.lab import ROOT

for _name in _pytest.config.default_plugins:
    importlib.import_module(f"_pytest.{_name}")
for _name in ("grading.grade", "reports.json_v1", *(path.stem for path in ROOT.glob("checks/check_*.py"))):
    with suppress(Exception):  # the child that grades with a broken module reports it
        importlib.import_module(f"checks.{_name}")
gc.collect()
gc.freeze()  # a collection of garbage in a child would write to, and so copy, every object that it shares with us

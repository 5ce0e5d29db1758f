"""Export formats, one per file; file, function and name on the command line (in kebab-case) are the same.

`all_formats` lists the files of this folder, so a new export is one new file. Its docstring says who reads the
format and what that reader is known to do.
"""

import importlib
import pkgutil
from collections.abc import Sequence

from checks.reports.formats.format import Format

BASE = "format"  # the module of the common base


def all_formats() -> Sequence[str]:
    """Return the name of every format, sorted, without importing any."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name.replace("_", "-") for name in names if name != BASE)


def load_format(name: str) -> Format:
    """Import one of the formats."""
    module = name.replace("-", "_")
    found: Format = getattr(importlib.import_module(f"{__name__}.{module}"), module)
    return found

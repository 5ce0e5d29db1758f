"""`docs/exports.md` lists every format with the files that it writes, and `python -m checks grade` knows them."""

import re
from collections.abc import Callable, Mapping

import pytest

from checks.lab import ROOT
from checks.outcomes import Report
from checks.reports.formats import all_formats, load_format

ROW = re.compile(r"^\| `([a-z0-9-]+)` \| ([^|]+) \|", re.MULTILINE)
DOCUMENTED = dict(ROW.findall((ROOT / "docs" / "exports.md").read_text("utf-8")))
Export = Callable[..., Mapping[str, str]]


def test_the_table_lists_the_formats() -> None:
    assert list(DOCUMENTED) == all_formats()


@pytest.mark.parametrize("name", all_formats())
def test_the_table_names_the_files_of_a_format(name: str, export: Export, mixed: Report) -> None:
    files = ", ".join(f"`{file}`" for file in export(name, mixed))
    assert files == DOCUMENTED[name]


@pytest.mark.parametrize("name", all_formats())
def test_a_format_says_what_it_is_and_is_of_one_kind(name: str) -> None:
    found = load_format(name)
    assert (found.name, found.summary.endswith(".")) == (name, True)
    assert (found.of_report is None) != (found.of_class is None)

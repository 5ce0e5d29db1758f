"""`check-lab`: test one lab against the contract of the course, and show the failures in a table."""

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from checks.commands.author_only import is_refused
from checks.commands.status import FULL_MARKS, POINTS_MISSING, WRONG_USAGE

if TYPE_CHECKING:
    import pytest
    from rich.table import Table

CONTRACT = ("tests/test_labs.py", "tests/test_hints.py", "tests/test_spellings.py", "tests/test_places.py")
# The table shows the failures, so pytest prints only its dots.
QUIET: tuple[str, ...] = ("-q", "--tb=short", "--no-header", "--no-summary", "-p", "no:cacheprovider")
QUIET += (
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
)  # a check module is imported before pytest starts


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `check-lab`."""
    prove = commands.add_parser("check-lab", help="prove one lab: solution, starter, mistakes, spellings")
    prove.add_argument("lab", metavar="LAB", help="its folder or its target: lab_feature_store, FeatureStore")
    prove.add_argument("--static", action="store_true", help="only what needs no engine")
    prove.set_defaults(command=run)


@dataclass
class Clause:
    """One sentence of the contract: the number of passed and skipped tests, and the messages of the failed ones."""

    passed: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        """The cell for the table: `ok`, `not tried`, or how many of how many passed."""
        tried = self.passed + len(self.failures)
        if not tried:
            return "not tried"
        return "ok" if not self.failures else f"{self.passed} of {tried}"


class Contract:
    """A pytest plugin that runs the tests of one lab, and collects the results of each clause."""

    def __init__(self, lab_id: str) -> None:
        self.lab_id = lab_id
        self.clauses: dict[str, Clause] = {}

    def pytest_collection_modifyitems(self, config: "pytest.Config", items: "list[pytest.Item]") -> None:
        """Leave out the tests of other labs: the first parameter of each is its lab."""
        others = [item for item in items if _lab_of(item.nodeid) != self.lab_id]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if _lab_of(item.nodeid) == self.lab_id]

    def pytest_collectreport(self, report: "pytest.CollectReport") -> None:
        """Record a file of tests that cannot be read, because of a table with a mistake, for example."""
        if report.failed:
            self.clauses.setdefault("the tests can be read", Clause()).failures.append(_reason(report))

    def pytest_runtest_logreport(self, report: "pytest.TestReport") -> None:
        """Record one phase of a test: its call, or a set-up that failed or skipped it."""
        if report.when == "teardown" or (report.when == "setup" and report.passed):
            return
        test, _, parameters = report.nodeid.rpartition("::")[2].partition("[")
        clause = self.clauses.setdefault(_sentence(test), Clause())
        clause.passed += report.passed
        clause.skipped += report.skipped
        if report.failed:
            clause.failures.append(f"{parameters.rstrip(']')}: {_reason(report)}")


def run(arguments: argparse.Namespace) -> int:
    """Run the contract's tests for one lab; return the exit status, which says whether the contract holds."""
    if is_refused("check-lab"):
        return WRONG_USAGE
    import pytest
    from rich.console import Console

    from checks.lab import ROOT, LabError, load_lab

    try:
        _refuse_a_students_copy(ROOT)
        lab = load_lab(arguments.lab)
        lab.validate()  # a mistake in lab.yaml would fail every test, each with a traceback
    except LabError as wrong:
        print(f"checks check-lab: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    contract, engine = Contract(lab.id), ("-m", "not engine") if arguments.static else ()
    files = [str(ROOT / name) for name in CONTRACT]
    os.environ.setdefault("TEST_ENGINES", "one")  # `make test` uses a second one as well
    os.environ.setdefault("TEST_MISTAKES", "in full")  # and only reads those mistakes that can be read
    status = pytest.main([*files, *QUIET, *engine], plugins=[contract])
    console = Console(highlight=False)
    console.print(_table(lab.id, contract), *_stories(contract), sep="\n")
    return FULL_MARKS if status == pytest.ExitCode.OK else POINTS_MISSING


def _refuse_a_students_copy(root: Path) -> None:
    from checks.lab import LabError

    for name in CONTRACT:
        if not (root / name).is_file():
            raise LabError(f"this copy of the course has no {name}: a students' copy cannot prove a lab")


def _lab_of(test: str) -> str:
    return test.partition("[")[2].rstrip("]").partition("-")[0]


def _table(lab_id: str, contract: Contract) -> "Table":
    from rich.table import Table

    table = Table("what the contract asks", "result", title=f"The contract of {lab_id}", title_justify="left")
    for sentence, clause in contract.clauses.items():
        table.add_row(sentence, clause.state)
    return table


def _stories(contract: Contract) -> Iterator[str]:
    """Yield the failures, one paragraph per clause."""
    for sentence, clause in contract.clauses.items():
        if clause.failures:
            yield "\n".join([f"\n{sentence}:", *(f"  {story}" for story in clause.failures)])


def _sentence(test: str) -> str:
    """Turn a test's name (`test_the_starter_scores_nothing`) into a sentence (`the starter scores nothing`)."""
    return test.removeprefix("test_").replace("_", " ")


def _reason(report: "pytest.TestReport | pytest.CollectReport") -> str:
    """Return the message of a failure, without the traceback."""
    crash = getattr(report.longrepr, "reprcrash", None)
    errors = [line[2:].strip() for line in report.longreprtext.splitlines() if line.startswith("E ")]
    said = str(crash.message) if crash else "\n".join(errors) or report.longreprtext
    return said.removeprefix("AssertionError: ").replace("\n", "\n    ")

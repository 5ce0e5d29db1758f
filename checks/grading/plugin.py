"""Grade one submission: pytest runs the checks, and this plugin collects their outcomes."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import filterfalse
from pathlib import Path
from typing import Literal, cast

import pytest

from checks.evidence.submission.workspace import Source
from checks.grading.check import MEASURED, WrongCheck, refuse_unknown
from checks.grading.collected import Collected, run_checks
from checks.grading.engines import NOT_ASKED, Engines, Step
from checks.grading.evidence import SubmissionEvidence
from checks.grading.items import UNTOUCHED, check_of, in_order, lab_of, planned, terms_of
from checks.grading.layers import layers_of
from checks.grading.verdicts import OURS, Blocked, result_from
from checks.lab import Lab
from checks.layer_result import LayerResult
from checks.outcomes import NO_MISTAKE, CheckResult, LabResult, NotRun, Outcome, Report

PLUGIN = "grading"  # this plugin's name, by which conftest.py finds it
NOT_CHOSEN = "other checks were chosen (CHECK=, or --check)"


class Grading:
    """The pytest plugin that runs the checks of some labs over one submission.

    If any are `chosen`, by id, it runs these and what they need, and the others are `not-run`.
    """

    def __init__(  # noqa: PLR0913 - what a grading depends on
        self,
        submission: Source,
        labs: Sequence[Lab],
        room: Path,
        engines: Engines,
        step: Step,
        *,
        chosen: Collection[str] = (),
    ) -> None:
        self.__name__ = PLUGIN
        self._name = submission.name
        self._labs = {lab.id: lab for lab in labs}
        self._engines = engines
        self._chosen = chosen
        self.evidence_by_lab = SubmissionEvidence(labs, submission, room, engines, step)
        self._results: dict[str, dict[str, CheckResult]] = {lab.id: {} for lab in labs}
        self._faults: list[str] = []

    def run(self, *options: str) -> Report:
        """Run every check once and return the report; an interrupted run reports the checks judged so far.

        `options` are pytest's: with `--collect-only` the report has all checks, none of them judged.
        """
        try:
            run_checks(self, tuple(self._labs.values()), *options)
        except KeyboardInterrupt:  # before pytest handles it
            self._faults.append(UNTOUCHED)
        return self.report()

    def run_collected(self, collected: Collected) -> Report:
        """Do as `run` does, with checks that are collected already."""
        labs = tuple(self._labs.values())
        if not collected.has(labs):
            return self.run()  # which tells why
        try:
            collected.run(self, PLUGIN, labs)
        except KeyboardInterrupt:
            pass  # the report says which checks were not judged
        except Exception as error:  # noqa: BLE001 - pytest's own, which the report blames on us
            self.pytest_internalerror(f"{type(error).__name__}: {error}")
        return self.report()

    def report(self) -> Report:
        """Return a report of the outcomes known so far."""
        labs = tuple(
            LabResult(lab.id, lab.title, self._checks(lab), layers=self._layers(lab))
            for lab in self._labs.values()
        )
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return Report(self._name, now, self._engines.used(), labs)

    def _layers(self, lab: Lab) -> tuple[LayerResult, ...]:
        return tuple(layers_of(self.evidence_by_lab.of(lab.id)))

    def _passed_over(self, item: pytest.Item) -> bool:
        """Whether an engine alone could judge the check, and none is asked for: pytest passes over it."""
        check = self._results[self._lab(item).id][check_of(item)]
        if self._engines.asked or check.kind == "static" or not terms_of(item).needs:
            return False
        self._leave_out(item, NOT_ASKED)
        return True

    def _leave_out(self, item: pytest.Item, why: str) -> None:
        results, check = self._results[self._lab(item).id], check_of(item)
        results[check] = result_from(results[check], NotRun(why, ""), 0.0, None, 0)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Raise `NotRun` if the check lacks an engine, `Blocked` if a check that it needs did not pass.

        A check without needs goes on to its evidence, which may tell without an engine that Docker refuses.
        """
        results, needs = self._results[self._lab(item).id], terms_of(item).needs
        if needs and results[check_of(item)].kind == "container":
            self._engines.ready()
        for need in needs:
            if results[need].outcome not in {Outcome.PASS, Outcome.NOT_RUN}:
                raise Blocked(need)

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """Judge one phase of a check, and give pytest a report without text.

        Its own report would have the traceback, which is not shown, and is most of the work of a failed check.
        """
        self._judge(item, call)
        outcome: Literal["passed", "failed"] = "failed" if call.excinfo else "passed"
        when = cast("Literal['setup', 'call', 'teardown']", call.when)  # "collect" has a report of its own
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, when)

    def _judge(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Judge one phase of a check; the last phase that gives an outcome counts."""
        if call.when == "teardown":
            return  # the next run sweeps anything left behind
        lab, check = self._lab(item), check_of(item)
        before = self._results[lab.id][check]
        error = call.excinfo.value if call.excinfo else None
        if call.when == "setup" and error is None:  # setup makes the evidence, which takes most of the time
            self._results[lab.id][check] = replace(before, seconds=call.duration)
        else:
            default = f"{lab.id}/{lab.main_file}" if before.kind == "static" else None
            points = terms_of(item).points
            result = result_from(before, error, call.duration, default, points)
            measured = "\n".join(str(value) for name, value in item.user_properties if name == MEASURED)
            self._results[lab.id][check] = replace(
                result, actual="\n".join(filter(None, (result.actual, measured)))
            )

    def pytest_configure(self, config: pytest.Config) -> None:
        """Have a module that cannot be collected described by its error alone, without the frames of importing it.

        The option belongs to pytest's terminal plugin, which is turned off.
        """
        config.option.tbstyle = "no"

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Register every check, in the lab's order, before the first one runs; then sort by needs."""
        try:
            for item in session.items:
                lab = self._lab(item)
                self._results[lab.id][check_of(item)] = planned(item, lab.written)
            for lab in self._labs.values():
                refuse_unknown(lab.reveal, self._results[lab.id])
            ordered = list(in_order(session.items, self._chosen))
            for item in {*session.items} - {*ordered}:
                self._leave_out(item, NOT_CHOSEN)
            session.items[:] = filterfalse(self._passed_over, ordered)
        except WrongCheck as wrong:  # no check is run, and the report says why in one sentence
            self._faults.append(str(wrong))
            session.items.clear()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Record a check module that cannot be imported as the grader's fault."""
        if report.failed:
            self._faults.append(report.longreprtext)

    def pytest_internalerror(self, excrepr: object) -> None:
        """Record an error outside of all checks as the grader's fault."""
        self._faults.append(str(excrepr))

    def _lab(self, item: pytest.Item) -> Lab:
        return self._labs[lab_of(item)]

    def _checks(self, lab: Lab) -> tuple[CheckResult, ...]:
        checks = tuple(self._results[lab.id].values())
        if checks and not self._faults:
            return checks
        fault = "\n".join(self._faults) or f"{lab.module.name} has no checks"
        help = NO_MISTAKE if set(self._faults) == {UNTOUCHED} else OURS
        broken = CheckResult(
            "grader", "The grader itself works.", "static", Outcome.ERROR, 0, 0, actual=fault, help=help
        )
        return (*checks, broken)

"""A class that is graded into a folder of results: what has not changed is kept, and the rest is graded.

Whatever stops it, the next run goes on from there: each result says which course judged which bytes, and on
which engine.
"""

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

from checks.evidence.submission.digest import digest_of
from checks.grading.cached import cached
from checks.grading.class_files import ClassFileError
from checks.grading.course import course
from checks.grading.due import DuePolicy, dated_as
from checks.grading.entries import Entry
from checks.grading.overrides import Overrides
from checks.grading.pool import Pool
from checks.grading.results import Results
from checks.lab import Lab
from checks.outcomes import EngineUsed, Outcome, Report
from checks.parsing.text.problems import suggestion

ALL = "all"
NO_ENGINE = (
    "no engine is there: complete results that were made on one stay as they are. `make doctor` says what "
    "is missing"
)


@dataclass(frozen=True)
class Batch:
    """The entries of a class, and what becomes of their reports; `regrade` has names to grade again.

    `note` tells a person what they should know of it.
    """

    entries: Sequence[Entry]
    labs: Sequence[Lab]
    pool: Pool
    results: Results | None = None
    regrade: frozenset[str] = frozenset()
    overrides: Overrides = field(default_factory=Overrides)
    policy: DuePolicy = field(default_factory=DuePolicy)
    note: Callable[[str], object] = str

    def __post_init__(self) -> None:
        """Note what was handed in before it is graded: what is replaced meanwhile is graded the next time."""
        if self.results:
            course()
            for entry in self.entries:
                self._digest(entry)

    def kept(self) -> Iterator[Report]:
        """Yield the reports of the entries that need no grading, with the scores and due dates of today."""
        for entry in self.entries:
            if older := self._unchanged(entry):
                yield self._amended(older, entry)

    def graded(self, kept: Sequence[Report]) -> Generator[Report, None, None]:
        """Yield a report for every other entry, in order of completion; what it replaces is set aside before."""
        done = {report.submission for report in kept}
        waiting = {entry.name: entry for entry in self.entries if entry.name not in done}
        if self.results:
            self.results.wait_for(self.regrade)
        for report in self.pool.reports(list(waiting.values())):
            yield self.finished(report, waiting[report.submission])
            if self.results:  # by now the report is written
                self.results.wait_for(self.results.waiting() - {report.submission})

    def finished(self, report: Report, entry: Entry) -> Report:
        """Return a fresh report with its origin and what people change about it; set its predecessor aside."""
        if self.results is None:
            return report
        older = self.results.load(entry.name)
        self.results.set_aside(entry.name)
        fresh = replace(report, course=course(), digest=self._digest(entry))
        return self._amended(dated_as(older, fresh), entry)

    def _amended(self, report: Report, entry: Entry) -> Report:
        return self.policy.applied(self.overrides.applied(report), entry, self.labs)

    def _unchanged(self, entry: Entry) -> Report | None:
        """Return the entry's report if grading would give the same; what was left unfinished is tried again."""
        is_asked_for = entry.name in self.regrade
        older = self.results.load(entry.name) if self.results and not is_asked_for else None
        if older is None or older.course is None or _is_unfinished(older):
            return None
        is_same = (
            older.course.digest == course().digest
            and [lab.id for lab in older.labs] == [lab.id for lab in self.labs]
            and older.digest == self._digest(entry)
            and self._is_on_this_engine(older)
        )
        return older if is_same else None

    def _is_on_this_engine(self, older: Report) -> bool:
        """Whether an engine of today is that of the report, or the report is the best that can be had today."""
        if older.engine.kind == "none" and not any(c.outcome is Outcome.NOT_RUN for c in older.checks):
            return True
        then = older.engine
        is_there = any(
            (now.kind, now.version, now.store) == (then.kind, then.version, then.store)
            for now in self._engines()
        )
        return is_there or (then.kind != "none" and self._lacks_engine())

    @cached
    def _lacks_engine(self) -> bool:
        """Whether there is none although one is asked for; then what was judged on one stays, and that is told."""
        lacks = self.pool.choice != "none" and all(now.kind == "none" for now in self._engines())
        if lacks:
            self.note(NO_ENGINE)
        return lacks

    @cached
    def _engines(self) -> Collection[EngineUsed]:
        return self.pool.engines()

    @cached
    def _digest(self, entry: Entry) -> str:
        wanted = [(lab.id, name) for lab in self.labs for name in lab.edit]
        return digest_of(entry.path, wanted)


def _is_unfinished(report: Report) -> bool:
    """Whether a check is open although there was what it needs: by a fault, a network away, an interruption."""
    open_ones = [check for check in report.checks if check.outcome in {Outcome.ERROR, Outcome.NOT_RUN}]
    return any(
        check.outcome is Outcome.ERROR or check.kind == "static" or report.engine.kind != "none"
        for check in open_ones
    )


def told_to_regrade(names: Sequence[str], entries: Sequence[Entry]) -> frozenset[str]:
    """Return the names, those of everybody for `all`; raise `ClassFileError` for one that nobody has."""
    known = {entry.name for entry in entries}
    for name in names:
        if name not in {*known, ALL}:
            nearest = suggestion(name, known)
            raise ClassFileError(f"--regrade {name}: there is no such submission here{nearest}")
    return frozenset(known if ALL in names else names)

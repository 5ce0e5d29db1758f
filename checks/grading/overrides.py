"""Scores that a person sets: `overrides.yaml` in the folder of results, which stays when the checks judge again."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from checks.amendments import Override
from checks.grading.class_files import ClassFileError, line_in, read_class_file
from checks.lab import Lab, all_labs
from checks.outcomes import CheckResult, LabResult, Report
from checks.parsing.text.problems import suggestion
from checks.parsing.text.typed import Section

FILE = "overrides.yaml"


@dataclass(frozen=True, kw_only=True)
class Setting(Section):
    """One score: `check` is `LAB/CHECK-ID`, as the columns of the gradebook have it."""

    submission: str
    check: str
    score: int
    reason: str
    date: dt.date
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class OverridesFile(Section):
    """The whole file."""

    overrides: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Overrides:
    """The scores that are set, by submission and check."""

    settings: Mapping[tuple[str, str], Setting] = field(default_factory=dict)

    def applied(self, report: Report) -> Report:
        """Return the report with the scores of this file, and of no earlier one."""
        return replace(report, labs=tuple(self._lab(report.submission, lab) for lab in report.labs))

    def _lab(self, name: str, lab: LabResult) -> LabResult:
        checks = (
            self._check(check, self.settings.get((name, f"{lab.id}/{check.id}"))) for check in lab.checks
        )
        return replace(lab, checks=tuple(checks))

    def _check(self, check: CheckResult, setting: Setting | None) -> CheckResult:
        graded = check.override.graded if check.override else check.score
        if setting is None:
            return replace(check, score=graded, override=None)
        override = Override(setting.score, graded, setting.reason, setting.date.isoformat(), setting.by)
        return replace(check, score=setting.score, override=override)


def read_overrides(folder: Path, names: Collection[str], labs: Sequence[Lab]) -> Overrides:
    """Read the file, if there is one; raise `ClassFileError` for a wrong name, check or score."""
    path = folder / FILE
    if not path.exists():
        return Overrides()
    file, node = read_class_file(OverridesFile, path)
    highest = _highest(labs)
    settings: dict[tuple[str, str], Setting] = {}
    for number, setting in enumerate(file.overrides):
        if wrong := _wrong(setting, names, highest, settings):
            raise ClassFileError(f"{path}:{line_in(node, 'overrides', number, 'submission')}: {wrong}")
        settings[setting.submission, setting.check] = setting
    return Overrides(settings)


def _highest(labs: Sequence[Lab]) -> Mapping[str, int | None]:
    """Return the most points of each check that is graded now; None for a bonus, which has no most."""
    from checks.grading.catalog import planned  # imports pytest, and most classes have no such file

    results = [planned(lab) for lab in labs]
    return {
        f"{lab.id}/{check.id}": None if check.is_bonus else check.max_score
        for lab in results
        for check in lab.checks
    }


def _wrong(
    setting: Setting,
    names: Collection[str],
    highest: Mapping[str, int | None],
    earlier: Collection[tuple[str, str]],
) -> str | None:
    """Return what is wrong with a score; None for one that can be set, or is of a lab that is not graded now."""
    lab, check = setting.check.partition("/")[0], setting.check
    if setting.submission not in names:
        return f"there is no submission `{setting.submission}`{suggestion(setting.submission, names)}"
    if check not in highest:
        graded = {known.partition("/")[0] for known in highest}
        is_other = lab in {other.id for other in all_labs()} - graded
        nearest = next((known for known in highest if known.endswith(f"/{check}")), "")
        meant = f"; did you mean {nearest}?" if nearest else suggestion(check, highest)
        return None if is_other and "/" in check else f"there is no check `{check}`{meant}"
    most = highest[check]
    if setting.score < 0 or (most is not None and setting.score > most):
        return f"`{check}` has 0 to {most} points, and {setting.score} is none of these"
    if (setting.submission, check) in earlier:
        return f"`{check}` of `{setting.submission}` has a score already, above"
    return None

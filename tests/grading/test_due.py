"""Work that comes late is marked, by the time of the roster or of the file; what it costs is in one file."""

import csv
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.commands.status import WRONG_USAGE
from checks.grading.due import FILE, read_policy
from checks.grading.entries import Entry
from checks.grading.pseudonyms import pseudonym
from checks.lab import load_lab
from checks.outcomes import EngineUsed, LabResult, Report

pytestmark = pytest.mark.slow

Grade = Callable[..., Any]
LAB = load_lab("Task1")
DUE = datetime(2026, 11, 20, 12, tzinfo=UTC)
RESULT = Report("ada", "2026-11-21T10:00:00Z", EngineUsed(), (LabResult(LAB.id, LAB.title, ()),))
BASE = f"due:\n  {LAB.id}: 2026-11-20T13:00:00+01:00\n"
COSTS = f"{BASE}points_a_day: 2\nmost_points: 5\ngrace_minutes: 30\n"
LONGER = "extensions:\n  - submission: {}\n    until: 2026-11-21T12:00:00Z\n    reason: ill\n"


@pytest.mark.parametrize(
    ("text", "after", "days", "points"),
    [
        (BASE, timedelta(minutes=-1), 0, 0),
        (BASE, timedelta(0), 0, 0),
        (BASE, timedelta(seconds=1), 1, 0),
        (BASE, timedelta(days=1), 1, 0),
        (BASE, timedelta(days=1, seconds=1), 2, 0),
        (COSTS, timedelta(minutes=30), 0, 0),
        (COSTS, timedelta(minutes=31), 1, 2),
        (COSTS, timedelta(days=2), 2, 4),
        (COSTS, timedelta(days=9), 9, 5),
        (COSTS + LONGER.format("ada"), timedelta(days=1), 0, 0),
        (COSTS + LONGER.format("ada"), timedelta(days=2), 1, 2),
        (COSTS + LONGER.format("bob"), timedelta(days=2), 2, 4),
        (COSTS + LONGER.format("ada") + "    labs: [task2_caching]\n", timedelta(days=2), 2, 4),
        (COSTS + LONGER.format("ada").replace("21T", "19T"), timedelta(days=2), 2, 4),
    ],
)
def test_how_late(tmp_path: Path, text: str, after: timedelta, days: int, points: int) -> None:
    (tmp_path / FILE).write_text(text)
    entry = Entry("ada", tmp_path, DUE + after)
    policy = read_policy(tmp_path, {"ada", "bob"})
    late = policy.applied(RESULT, entry, [LAB]).labs[0].late
    assert late is not None
    assert (late.days, late.points, late.source) == (days, points, "the roster")


def test_without_the_file_nothing_is_late(tmp_path: Path) -> None:
    policy = read_policy(tmp_path, {"ada"})
    assert policy.applied(RESULT, Entry("ada", tmp_path, DUE), [LAB]).labs[0].late is None


def test_the_files_own_time_counts_where_the_roster_has_none(grade: Grade, submission: Path) -> None:
    out = submission.parent / "out"
    out.mkdir()
    (out / FILE).write_text(f"{BASE}points_a_day: 1\n")
    moment = (DUE + timedelta(hours=30)).timestamp()
    for path in (submission / LAB.id).iterdir():
        os.utime(path, (moment, moment))
    report = grade(submission, "--static").reports["ada"]
    late = report.labs[0].late
    assert (late.days, late.points, late.source) == (2, 2, "the file's own time")
    assert report.final_score == report.score - 2
    with (out / "gradebook.csv").open(newline="") as book:
        (row,) = csv.DictReader(book)
    assert (row["days_late"], row["final_score"]) == ("2", str(report.final_score))


def test_the_same_work_unpacked_again_is_not_later(grade: Grade, submission: Path) -> None:
    out = submission.parent / "out"
    out.mkdir()
    (out / FILE).write_text(BASE)
    files = list((submission / LAB.id).iterdir())
    for words, hours in (((), 30), ((), 90), (("--regrade", "all"), 90)):
        for path in files:
            os.utime(path, ((DUE + timedelta(hours=hours)).timestamp(),) * 2)
        assert grade(submission, "--static", *words).reports["ada"].labs[0].late.days == 2
    files[0].write_text(files[0].read_text() + "# more\n")
    os.utime(files[0], ((DUE + timedelta(hours=90)).timestamp(),) * 2)
    assert grade(submission, "--static").reports["ada"].labs[0].late.days == 4


def test_only_what_is_graded_has_a_time(submission: Path) -> None:
    other = submission / "other" / LAB.id
    other.mkdir(parents=True)
    for path, hours in ((other / "Dockerfile", 90), *((p, 30) for p in (submission / LAB.id).iterdir())):
        path.touch()
        os.utime(path, ((DUE + timedelta(hours=hours)).timestamp(),) * 2)
    assert Entry("ada", submission).time(LAB)[0] == DUE + timedelta(hours=30)


def test_a_linked_archive_has_the_time_of_the_archive(tmp_path: Path) -> None:
    (tmp_path / "ada.zip").touch()
    os.utime(tmp_path / "ada.zip", (DUE.timestamp(),) * 2)
    (tmp_path / "link.zip").symlink_to("ada.zip")
    assert Entry("ada", tmp_path / "link.zip").time(LAB)[0] == DUE


@pytest.mark.parametrize(("moment", "year"), [(1 << 40, "9998-"), (-(1 << 40), "1969-")])
def test_a_files_time_without_a_date_is_late_or_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int, year: str
) -> None:
    monkeypatch.setattr(
        "checks.grading.entries._touched", lambda *_: moment
    )  # Ext4 has no such time, XFS has
    (tmp_path / FILE).write_text(BASE.replace("+01:00", "-11:00"))
    policy = read_policy(tmp_path, {"ada"})
    late = policy.applied(RESULT, Entry("ada", tmp_path), [LAB]).labs[0].late
    assert late is not None
    assert late.submitted.startswith(year)


def test_the_rosters_time_counts_before_the_files(grade: Grade, submission: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / FILE).write_text(BASE)
    rows = f"id,path,submitted\nlovelace,{submission.name},2026-11-20T14:30:00+01:00\n"
    (tmp_path / "roster.csv").write_text(rows)
    late = grade("--static", "--roster", tmp_path / "roster.csv").reports["lovelace"].labs[0].late
    assert (late.days, late.submitted) == (1, "2026-11-20T14:30:00+01:00")


@pytest.mark.parametrize("is_masked", [False, True])
def test_who_is_in_the_roster_may_have_longer_before_handing_in(
    grade: Grade, submission: Path, tmp_path: Path, *, is_masked: bool
) -> None:
    (tmp_path / "roster.csv").write_text("id\nada\ngrace\n")
    (tmp_path / "key").write_bytes(bytes(range(32)))
    (tmp_path / "out").mkdir()
    name = pseudonym("grace", bytes(range(32))) if is_masked else "grace"
    (tmp_path / "out" / FILE).write_text(BASE + LONGER.format(name))
    words = ("--pseudonyms", tmp_path / "key") if is_masked else ()
    graded = grade(submission, "--static", "--roster", tmp_path / "roster.csv", *words)
    assert graded.status != WRONG_USAGE, graded.complaint
    assert len(graded.reports) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("due:\n  task9: 2026-11-20T13:00:00Z\n", ":2: there is no lab `task9`"),
        (f"due:\n  {LAB.id}: 2026-11-20T13:00:00\n", ":2: "),
        (f"due:\n  {LAB.id}: soon\n", ":2: "),
        (f"{BASE}points_a_day: -1\n", ":3: `points_a_day` is below 0"),
        (f"{BASE}points_per_day: 1\n", "`points_per_day` is no setting"),
        (BASE + LONGER.format("adda"), ":4: there is no submission `adda`; did you mean ada?"),
        (BASE + LONGER.format("ada") + "    labs: [task9]\n", "there is no lab `task9`"),
    ],
)
def test_a_mistake_in_the_file_is_told(grade: Grade, submission: Path, text: str, said: str) -> None:
    (submission.parent / "out").mkdir()
    (submission.parent / "out" / FILE).write_text(text)
    graded = grade(submission, "--static")
    assert graded.status == WRONG_USAGE
    assert f"{FILE}:" in graded.complaint
    assert said in graded.complaint
    assert "Traceback" not in graded.complaint

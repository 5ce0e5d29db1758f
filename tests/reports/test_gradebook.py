"""The gradebook: the columns stay, the cells are data, and the file is whole or the old one."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from checks.outcomes import CheckResult, Outcome, Report
from checks.reports.gradebook import status, write_gradebook

MakeReport = Callable[..., Report]


def _rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.reader(stream))


def test_columns_and_cells(mixed: Report, tmp_path: Path) -> None:
    write_gradebook([mixed], tmp_path / "gradebook.csv")
    header, row = _rows(tmp_path / "gradebook.csv")
    assert header == [
        *("submission", "score", "max_score", "complete", "status", "task1_layers"),
        *("task1_layers/starts-from-ubuntu", "task1_layers/one-command-per-run", "task1_layers/builds"),
        *("task1_layers/serves", "task1_layers/answers-match", "task1_layers/within-budget"),
    ]
    assert row == ["ada", "1", "9", "false", "error", "1", "1", "0", "0", "0", "", ""]


def test_order_of_the_reports_changes_nothing(mixed: Report, tmp_path: Path) -> None:
    two_labs = replace(mixed, labs=(mixed.labs[0], replace(mixed.labs[0], id="task2_caching")))
    only_second = replace(mixed, submission="aaa", labs=two_labs.labs[1:])
    write_gradebook([two_labs, only_second], tmp_path / "one.csv")
    write_gradebook([only_second, two_labs], tmp_path / "two.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    header, first, second = _rows(tmp_path / "one.csv")
    assert header.index("task1_layers") < header.index("task2_caching")
    assert (first[0], first[header.index("task1_layers")]) == ("aaa", "")
    assert (second[0], second[header.index("task1_layers")]) == ("ada", "1")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "\uff1d1"])
def test_no_name_is_a_formula(mixed: Report, tmp_path: Path, name: str) -> None:
    write_gradebook([replace(mixed, submission=name)], tmp_path / "gradebook.csv")
    assert _rows(tmp_path / "gradebook.csv")[1][0].startswith("'")


def test_a_hostile_name_is_one_printable_cell(hostile: Report, tmp_path: Path) -> None:
    write_gradebook([hostile], tmp_path / "gradebook.csv")
    _, row = _rows(tmp_path / "gradebook.csv")
    assert row[0].isprintable()
    assert row[1:3] == ["1", "9"]


def test_a_file_name_that_is_no_unicode_is_written(mixed: Report, tmp_path: Path) -> None:
    write_gradebook([replace(mixed, submission="ad\udce9")], tmp_path / "gradebook.csv")
    assert "dce9" in _rows(tmp_path / "gradebook.csv")[1][0]


def test_what_fails_leaves_the_old_file_alone(
    mixed: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "gradebook.csv"
    book.write_text("old", encoding="utf-8")

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_gradebook([mixed], book)
    assert book.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [book]


def test_a_symlink_is_replaced_and_not_followed(mixed: Report, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("mine", encoding="utf-8")
    (tmp_path / "gradebook.csv").symlink_to(target)
    write_gradebook([mixed], tmp_path / "gradebook.csv")
    assert target.read_text(encoding="utf-8") == "mine"


def test_status_is_a_word(mixed: Report, report: MakeReport, failed: CheckResult) -> None:
    assert status(mixed) == "error"
    assert status(report(failed)) == "graded"
    assert status(report(failed, replace(failed, outcome=Outcome.NOT_RUN))) == "incomplete"
    assert status(report()) == "refused"
    assert status(replace(mixed, labs=())) == "refused"


def test_a_class_of_nobody_has_a_header(tmp_path: Path) -> None:
    write_gradebook([], tmp_path / "gradebook.csv")
    assert _rows(tmp_path / "gradebook.csv") == [["submission", "score", "max_score", "complete", "status"]]

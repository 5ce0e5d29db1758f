import zipfile
from pathlib import Path

import pytest

from checks.evidence.submission.submission import Submission, lines_of, open_submission, safe_name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("ada.zip", "ada"),
        ("ada.tar.gz", "ada"),
        ("ada.TGZ", "ada"),
        ("ada.v2.tar", "ada.v2"),
        ("Ada Lovelace_123_file_", "Ada Lovelace_123_file_"),
        ("Jürgen.zip", "Jürgen"),
        ("=cmd()|x", "_cmd___x"),
        ("-rf", "rf"),
        ("@sum", "sum"),
        ("..hidden", "hidden"),
        ("a\x1b[2J\nb\u202e", "a__2J_b_"),
        (".zip", "submission"),
        ("ü" * 300, "ü" * 60),
    ],
)
def test_a_name_is_safe_as_a_file_name(given: str, name: str) -> None:
    assert safe_name(Path("/class") / given) == name


def test_a_folder_keeps_what_looks_like_a_suffix(tmp_path: Path) -> None:
    (tmp_path / "ada.zip" / "t").mkdir(parents=True)
    with open_submission(tmp_path / "ada.zip") as submission:
        assert submission.name == "ada.zip"


def test_the_current_folder_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ada" / "t").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "ada")
    with open_submission(Path()) as submission:
        assert submission.name == "ada"


def test_lines_of_several_files_take_one_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        archive.writestr("lab/a", "1\n2")
        archive.writestr("lab/b", "")
    opened = list[Path]()

    def counted(path: Path) -> Submission:
        opened.append(path)
        return open_submission(path)

    monkeypatch.setattr("checks.evidence.submission.submission.open_submission", counted)
    lines = lines_of(tmp_path / "ada.zip", {"lab/a", "lab/b", "lab/none"})
    assert [lines(f"lab/{name}") for name in ("a", "b", "none")] == [["1", "2"], [""], None]
    assert len(opened) == 1
    assert lines("other") is None
    assert lines_of(tmp_path / "no.zip", {"lab/a"})("lab/a") is None

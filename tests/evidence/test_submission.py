from pathlib import Path

import pytest

from checks.evidence.submission.submission import open_submission, safe_name


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

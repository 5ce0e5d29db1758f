"""The package sources are read from the host's apt configuration, in both of its formats."""

import shutil
from pathlib import Path

import pytest

from checks.engine.embedded.suites import releases, suites
from checks.engine.errors import NoEngine

pytestmark = pytest.mark.skipif(shutil.which("apt-get") is None, reason="this machine has no apt to ask")

ONE_LINE = """\
deb [arch=amd64 signed-by=/keys/mine.gpg] https://mirror.example/debian bookworm main contrib
deb https://mirror.example/security bookworm-security main
deb https://elsewhere.example/apt tools-bookworm main
"""
DEB822 = """\
Types: deb
URIs: https://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /keys/mine.gpg
"""


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for sources that apt reads in the place of the host's; on Debian 12."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "lists/partial").mkdir(parents=True)
    settings = f'Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "{tmp_path}/parts"; '
    (tmp_path / "apt.conf").write_text(settings + f'Dir::State::lists "{tmp_path}/lists";')
    monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))
    facts = {"ID": "debian", "VERSION_CODENAME": "bookworm"}
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: facts)
    return tmp_path / "parts"


@pytest.mark.parametrize(("asked", "release"), [("", "forky"), ("trixie", "trixie")])
@pytest.mark.parametrize(("name", "text"), [("one.list", ONE_LINE), ("two.sources", DEB822)])
def test_both_styles(apt: Path, name: str, text: str, asked: str, release: str) -> None:
    (apt / name).write_text(text)
    found = suites(asked)
    words = {tuple(line.split()[-3:]) for line in found.lines}
    assert ("https://mirror.example/debian/", "bookworm", "main") in words
    assert ("https://mirror.example/debian/", release, "main") in words
    assert all("/keys/mine.gpg" in line for line in found.lines)
    assert not any("elsewhere" in line or "contrib" in line for line in found.lines)
    assert all(release not in line for line in found.host_lines)


@pytest.mark.parametrize(
    ("host", "possible"),
    [
        ("bookworm", ("forky", "trixie")),
        ("trixie", ("forky", "trixie")),
        ("forky", ("forky", "trixie")),
        ("sid", ("sid",)),
    ],
)
def test_where_an_engine_may_come_from(
    monkeypatch: pytest.MonkeyPatch, host: str, possible: tuple[str, ...]
) -> None:
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"ID": "debian", "VERSION_CODENAME": host})
    assert releases() == possible


def test_no_source_of_the_release(apt: Path) -> None:
    (apt / "one.list").write_text("deb https://elsewhere.example/apt tools-bookworm main\n")
    with pytest.raises(NoEngine, match="bookworm"):
        suites()


@pytest.mark.parametrize("facts", [{"ID": "fedora"}, {"ID": "debian", "VERSION_CODENAME": "bullseye"}])
def test_another_distribution(monkeypatch: pytest.MonkeyPatch, facts: dict[str, str]) -> None:
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: facts)
    with pytest.raises(NoEngine, match="start Docker"):
        suites()

"""Where the home of a user is, as /etc/passwd has it after each of these."""

import pytest

from checks.parsing.dockerfile import parse_dockerfile
from checks.parsing.home import home_of


@pytest.mark.parametrize(
    ("made", "user", "home"),
    [
        ("useradd --uid 10000 -m runner", "10000", "/home/runner"),
        ("useradd --uid 10000 -m runner", "10000:10000", "/home/runner"),
        ("useradd --uid=10000 -M runner", "10000", "/home/runner"),
        ("useradd -u 10000 -r runner", "runner", "/home/runner"),
        ("useradd -d /srv/app runner", "runner", "/srv/app"),
        ("useradd -md /srv/app -u 5 runner", "5", "/srv/app"),
        ("useradd --home-dir /srv/app --system runner", "runner", "/srv/app"),
        ("useradd -b /srv runner", "runner", "/srv/runner"),
        ("useradd runner", "1000", "/home/runner"),
        ("useradd a && useradd runner", "1001", "/home/runner"),
        ("adduser --disabled-password --gecos '' --uid 7 runner", "7", "/home/runner"),
        ("adduser --home /srv/app runner", "runner", "/srv/app"),
        ("useradd runner && usermod -d /srv/app runner", "runner", "/srv/app"),
        ("useradd -u 10000 runner", "10001", "/"),
        ("useradd -u 10000 runner || true", "10000", "/home/runner"),
        ("echo useradd -u 10000 runner", "10000", "/"),
        ("true || useradd -u 10000 runner", "10000", "/"),
        ("true", "10000", "/"),
        ("true", "nobody-knows", "/home/nobody-knows"),
        ("useradd -d /srv/app runner", "root", "/root"),
    ],
)
def test_home_is_what_passwd_says(made: str, user: str, home: str) -> None:
    stage = parse_dockerfile(f"FROM x\nRUN {made}\nUSER {user}\nRUN true\n".encode()).final
    assert home_of(stage.runs[-1]) == home

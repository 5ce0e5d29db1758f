"""Where the home of a user is, as /etc/passwd has it after each of these."""

import pytest

from checks.parsing.dockerfile.accounts import home_of
from checks.parsing.dockerfile.dockerfile import parse_dockerfile


@pytest.mark.parametrize(
    ("made", "user", "home"),
    [
        ("useradd --uid 10000 -m runner", "10000", "/home/runner"),
        ("useradd --uid 10000 -m runner", "10000:10000", "/home/runner"),
        ("useradd --uid=10000 -M runner", "10000", "/home/runner"),
        ("useradd -u 10000 -r runner", "runner", "/home/runner"),
        ("useradd -d /srv/app runner", "runner", "/srv/app"),
        ("useradd -md /srv/app -u 3005 runner", "3005", "/srv/app"),
        ("useradd --home-dir /srv/app --system runner", "runner", "/srv/app"),
        ("useradd -b /srv runner", "runner", "/srv/runner"),
        ("useradd runner", "1000", "/home/runner"),
        ("useradd a && useradd runner", "1001", "/home/runner"),
        ("adduser --disabled-password --gecos '' --uid 3007 runner", "3007", "/home/runner"),
        ("adduser --home /srv/app runner", "runner", "/srv/app"),
        ("useradd runner && usermod -d /srv/app runner", "runner", "/srv/app"),
        ("useradd -u 10000 runner", "10001", "/"),
        ("useradd -u 10000 runner || true", "10000", "/home/runner"),
        ("echo useradd -u 10000 runner", "10000", "/"),
        ("true || useradd -u 10000 runner", "10000", "/"),
        ("true", "10000", "/"),
        ("true", "nobody-knows", "/home/nobody-knows"),
        ("useradd -d /srv/app runner", "root", "/root"),
        ("useradd -rm -d /srv/app -g root -G sudo -u 1001 runner", "1001", "/srv/app"),
        ("groupadd -g 1234 app && useradd -u 1234 -g app app", "1234", "/home/app"),
        ("useradd -l -m -u 5000 runner", "5000", "/home/runner"),
        ("adduser --system --home /srv/svc svc", "svc", "/srv/svc"),
        ("adduser --system a && adduser --gecos '' b", "1000", "/home/b"),
        ("useradd -r a && useradd -r b", "998", "/home/b"),
        ("useradd -r a && useradd b", "1000", "/home/b"),
        ("useradd -d /q a && useradd -o -u 1000 b", "1000", "/q"),
        ("useradd -u 0 -o toor", "0", "/root"),
        ("useradd a && usermod -l b a", "b", "/home/a"),
        ("useradd a && usermod -u 7000 a", "7000", "/home/a"),
        ("useradd -m -u 10000 runner && userdel runner", "10000", "/"),
        ("useradd a && userdel -r a; useradd -d /q a", "a", "/q"),
        ("usermod -d /srv/www www-data", "33", "/srv/www"),
        ("true", "www-data", "/var/www"),
        ("true", "33", "/var/www"),
        ("true", "nobody", "/nonexistent"),
        ("true", "65534", "/nonexistent"),
        ("echo 'me:x:4242:4242::/srv/me:/bin/sh' >> /etc/passwd", "4242", "/srv/me"),
        (r"printf 'me:x:4242:4242::/srv/me:/bin/sh\n' >> /etc/passwd", "me", "/srv/me"),
        ("echo 'me:x:4242:4242::/srv/me:/bin/sh' >> /etc/passwd.new", "4242", "/"),
    ],
)
def test_home_is_what_passwd_says(made: str, user: str, home: str) -> None:
    """As Debian's own programs answered."""
    stage = parse_dockerfile(f"FROM x\nRUN {made}\nUSER {user}\nRUN true\n".encode()).final
    assert home_of(stage.runs[-1]) == home


@pytest.mark.parametrize(
    ("base", "home"),
    [
        ("ubuntu:20.04", "/home/svc"),
        ("ubuntu:jammy", "/home/svc"),
        ("python:3.8.12", "/home/svc"),
        ("python:3.8.12-slim", "/home/svc"),
        ("python:3.12-slim-bullseye", "/home/svc"),
        ("debian:11.9-slim", "/home/svc"),
        ("ubuntu:24.04", "/nonexistent"),
        ("python:3.12-slim", "/nonexistent"),
        ("python:3.8.20", "/nonexistent"),
        ("debian:12", "/nonexistent"),
        ("debian:bookworm-slim", "/nonexistent"),
        ("ubuntu", "/nonexistent"),
    ],
)
@pytest.mark.parametrize(
    "options", ["--system", "--system --group", "--system --no-create-home --ingroup users"]
)
def test_a_user_of_the_system_has_no_home_where_adduser_is_newer(base: str, home: str, options: str) -> None:
    text = f"FROM {base} AS base\nRUN adduser {options} svc\nFROM base\nUSER svc\nRUN true\n"
    assert home_of(parse_dockerfile(text.encode()).final.runs[-1]) == home

"""What changes with the source, and what apt brings along by its configuration."""

import pytest

from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.app_source import is_source, source_mounts
from checks.parsing.packages.installer_config import brings_recommended

WRITE = "RUN echo 'APT::Install-Recommends"
INSTALL = "RUN apt-get install -y git"


def stage(text: str) -> Stage:
    file = parse_dockerfile(f"FROM a\n{text}\n".encode())
    assert file.problems == ()
    return file.final


@pytest.mark.parametrize(
    "path", [".", "./", "/", "*", "./*", "app", "app/", "src*", "app/main.py", "..", "Makefile"]
)
def test_source_is_told_by_its_name(path: str) -> None:
    assert is_source(path)


@pytest.mark.parametrize(
    "path",
    [
        "requirements.txt", "./requirements*.txt", "deps/requirements-dev.in", "requirements", "pyproject.toml",
        "poetry.lock*", "uv.lock", "Pipfile", "setup.py", "environment.yml", "package-lock.json", "wheels/",
        "https://example.com/tool", "git@example.com:owner/name", "install.sh",
    ],
)  # fmt: skip
def test_what_an_install_needs_is_no_source(path: str) -> None:
    assert not is_source(path)


@pytest.mark.parametrize(
    ("mount", "found"),
    [
        ("type=bind,target=/s", 1),
        ("type=bind,source=app,target=/s", 1),
        ("type=bind,source=requirements.txt,target=/r.txt", 0),
        ("type=bind,from=b,target=/s", 0),
        ("type=cache,target=/s", 0),
    ],
)
def test_mounts_of_the_source_are_found(mount: str, found: int) -> None:
    (run,) = stage(f"RUN --mount={mount} make").runs
    assert len(list(source_mounts(run))) == found


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (INSTALL, [2]),
        (f"RUN apt-get update\n{INSTALL} --no-install-recommends", []),
        ("RUN apt-get upgrade -y", []),
        ("RUN apt-get dist-upgrade -y", [2]),
        (f'{WRITE} "0";\' > /etc/apt/apt.conf.d/90x\n{INSTALL}', []),
        (f'{WRITE} "0";\' > /etc/apt/apt.conf\n{INSTALL}', []),
        (f'{WRITE} "0";\' > /etc/apt/apt.conf.d/90.x\n{INSTALL}', [3]),
        (f'{WRITE} "0";\' > /etc/apt/apt.conf.d/90x.disabled\n{INSTALL}', [3]),
        (f'{WRITE} "0";\' > /etc/apt/preferences.d/90x\n{INSTALL}', [3]),
        (f'{INSTALL}\n{WRITE} "0";\' > /etc/apt/apt.conf.d/90x', [2]),
        (f'{WRITE} "0";\' > /etc/apt/apt.conf.d/10\n{WRITE} "1";\' > /etc/apt/apt.conf.d/20\n{INSTALL}', [4]),
        (f'{WRITE} "1";\' > /etc/apt/apt.conf.d/10\n{WRITE} "0";\' > /etc/apt/apt.conf.d/20\n{INSTALL}', []),
        (f'{WRITE} "0";\' > /etc/apt/apt.conf.d/90x\n{INSTALL} --install-recommends', [3]),
        (f"RUN echo '# APT::Install-Recommends 0;' > /etc/apt/apt.conf.d/90x\n{INSTALL}", [3]),
        (f"COPY <<lean /etc/apt/apt.conf.d/\nAPT::Install-Recommends 0;\nlean\n{INSTALL}", []),
    ],
)
def test_recommended_packages_come_by_the_last_word(text: str, lines: list[int]) -> None:
    assert [step.line for step in brings_recommended(stage(text))] == lines

"""What commands install: apt, pip, repositories, and other package managers in general."""

import pytest

from checks.parsing.packages.apt import AptCommand, apt_command, apt_repositories, apt_settings
from checks.parsing.packages.installers import installer, is_install
from checks.parsing.packages.pip import PipCommand, pip_command
from checks.parsing.shell import split


def apt(script: str) -> AptCommand:
    (found,) = filter(None, map(apt_command, split(script)))
    return found


def pip(script: str, **environment: str) -> PipCommand:
    (found,) = filter(None, (pip_command(command, environment) for command in split(script)))
    return found


@pytest.mark.parametrize(
    "script",
    [
        "apt-get install -y python3-pip curl",
        "apt-get -qq install -yq curl python3-pip",
        "apt install curl --no-install-recommends python3-pip -y",
        "apt-get -o A::B=c -oD=e -y install curl python3-pip",
        "apt-get -t focal --option X=1 install curl=7.* python3-pip/focal",
        "aptitude -y install curl python3-pip:amd64",
        "sudo apt-get install -f -y -- curl python3-pip+ vim-",
    ],
)
def test_apt_packages_are_found_however_the_options_stand(script: str) -> None:
    found = apt(script)
    assert (found.subcommand, found.installs, found.names()) == (
        "install",
        True,
        frozenset({"curl", "python3-pip"}),
    )


@pytest.mark.parametrize("option", ["-s", "-ys", "--dry-run", "--just-print", "-d", "--download-only"])
def test_what_apt_only_tries_or_fetches_is_not_installed(option: str) -> None:
    assert not apt(f"apt-get install {option} git").installs


def test_what_pip_only_tries_is_not_installed() -> None:
    assert not pip("pip install --dry-run flask").installs


def test_apt_package_names_are_taken_apart() -> None:
    first, second, third = apt("apt-get install git:amd64=1:2.25 g++/stable mawk-").packages
    assert (first.name, first.arch, first.version) == ("git", "amd64", "1:2.25")
    assert (second.name, second.suite) == ("g++", "stable")
    assert (third.name, third.removed) == ("mawk", True)


@pytest.mark.parametrize(
    ("script", "recommends"),
    [
        ("apt-get install a", None),
        ("apt-get install --no-install-recommends a", False),
        ("apt-get --no-install-recommends install a", False),
        ("apt-get -o APT::Install-Recommends=0 install a", False),
        ("apt-get -oAPT::Install-Recommends=false install a", False),
        ('apt-get --option "APT::Install-Recommends=\\"no\\"" install a', False),
        ("apt-get -o APT::Install-Recommends=true install a", True),
        ("apt-get install --no-install-recommends --install-recommends a", True),
        ("apt-get -o APT::Install-Suggests=0 install a", None),
        ("apt-get install a # --no-install-recommends", None),
    ],
)
def test_whether_recommended_packages_come_along(script: str, recommends: object) -> None:
    assert apt(script).recommends is recommends


@pytest.mark.parametrize(
    "script",
    [
        "add-apt-repository ppa:deadsnakes/ppa",
        "add-apt-repository -y ppa:deadsnakes/ppa",
        "apt-add-repository -y -P deadsnakes/ppa",
        "P=deadsnakes/ppa; add-apt-repository ppa:$P",
        "echo 'deb http://ppa.example.net/deadsnakes/ppa/ubuntu x main' > /etc/apt/sources.list.d/d",
        "echo 'deb [a=b] http://ppa.example.org/deadsnakes/ppa/ x' | tee /etc/apt/sources.list.d/d",
        "cat <<E >> /etc/apt/sources.list\ndeb http://ppa.example.net/deadsnakes/ppa/ubuntu focal main\nE",
        "printf 'URIs: http://ppa.example.net/deadsnakes/ppa/x\\n' > /etc/apt/sources.list.d/d",
    ],
)
def test_a_ppa_is_found_however_it_is_added(script: str) -> None:
    assert [found.name for found in apt_repositories(split(script))] == ["ppa:deadsnakes/ppa"]


@pytest.mark.parametrize(
    "script", ["add-apt-repository -r ppa:a/b", "echo add-apt-repository ppa:a/b", "echo deb x > /tmp/list"]
)
def test_what_only_looks_like_a_ppa_is_none(script: str) -> None:
    assert not list(apt_repositories(split(script)))


def test_apt_configuration_written_before_is_found() -> None:
    written = "echo 'APT::Install-Recommends \"false\";' > /etc/apt/apt.conf.d/99x"
    found = apt_settings(split(f"{written}; echo 'APT::Install-Recommends 0;' > /x"))
    assert [(setting.path, setting.recommends) for setting in found] == [("/etc/apt/apt.conf.d/99x", False)]


@pytest.mark.parametrize(
    "script",
    [
        "pip install fastapi==0.78.0 -r a.txt",
        "pip3 install -ra.txt fastapi==0.78.0",
        "/venv/bin/pip3.8 -q install --requirement=a.txt 'FastAPI == 0.78.0'",
        "python3 -m pip install --requirement a.txt fastapi===0.78.0",
        "python3.8 -I -mpip --no-cache-dir install -U -r a.txt fastapi==0.78.0",
        "V=0.78.0; uv pip install --system -r a.txt fastapi==$V",
        "pip --cache-dir x install -i https://x fastapi==0.78.0 -c c.txt -r a.txt",
    ],
)
def test_pip_requirements_are_found_however_they_are_spelled(script: str) -> None:
    found = pip(script)
    (requirement,) = found.requirements
    assert (found.installs, found.requirement_files) == (True, ("a.txt",))
    assert (requirement.name, requirement.version, requirement.pinned) == ("fastapi", "0.78.0", True)


def test_python_that_does_not_call_pip_is_no_pip() -> None:
    assert not [
        found
        for found in map(pip_command, split("python -m venv pip; python pip.py; echo pip install a"))
        if found
    ]


def test_an_unquoted_version_is_a_lost_redirect() -> None:
    found = pip("pip install flask>=2 a<3 b==1 > log 2>&1")
    assert [redirect.target for redirect in found.lost_versions] == ["=2", "3"]
    assert not pip("pip install 'flask>=2' >log 2>/dev/null").lost_versions


@pytest.mark.parametrize(
    ("script", "keeps"),
    [
        ("pip install a", True),
        ("pip install --no-cache-dir a", False),
        ("pip --no-cache-dir install a", False),
        ("PIP_NO_CACHE_DIR=1 pip install a", False),
        ("PIP_NO_CACHE_DIR=off pip install a", False),
        ("PIP_NO_CACHE_DIR= pip install a", True),
        ("PIP_NO_CACHE_DIR=maybe pip install a", True),
        ("export PIP_NO_CACHE_DIR=true; pip install a", False),
        ("PIP_NO_CACHE_DIR=true; pip install a", True),
        ("env PIP_NO_CACHE_DIR=1 pip install a", False),
        ("PIP_NO_CACHE_DIR=1 pip install --isolated a", True),
        ("uv pip install --no-cache a", False),
    ],
)
def test_whether_pip_keeps_its_cache(script: str, keeps: object) -> None:
    assert pip(script).keeps_cache is keeps


def test_a_variable_from_outside_turns_the_cache_off() -> None:
    assert not pip("pip install a", PIP_NO_CACHE_DIR="1").keeps_cache


@pytest.mark.parametrize(
    ("script", "program"),
    [
        ("apt-get install -y a", "apt-get"),
        ("pip install a", "pip"),
        ("uv sync --frozen", "uv"),
        ("uv pip sync r.txt", "pip"),
        ("poetry install --no-root", "poetry"),
        ("python -m poetry add x", "poetry"),
        ("pipenv sync", "pipenv"),
        ("conda install -y a", "conda"),
        ("mamba env create -f e.yml", "mamba"),
        ("npm ci", "npm"),
        ("yarn", "yarn"),
        ("pnpm i", "pnpm"),
        ("apk add --no-cache a", "apk"),
        ("dnf -y install a", "dnf"),
        ("yum install a", "yum"),
    ],
)
def test_an_install_is_known_by_its_program(script: str, program: str) -> None:
    (command,) = split(script)
    assert (installer(command), is_install(command)) == (program, True)


@pytest.mark.parametrize(
    "script",
    [
        "apt-get update",
        "pip freeze",
        "uv run x",
        "poetry run x",
        "npm run build",
        "yarn --version",
        "echo apt install a",
        "A=1",
    ],
)
def test_other_commands_install_nothing(script: str) -> None:
    (command,) = split(script)
    assert not is_install(command)

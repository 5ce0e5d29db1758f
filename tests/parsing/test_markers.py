"""Markers are true or not for the Python of the image, as pip has them."""

import pytest

from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.packages.pip_requirements import requirements_of
from checks.parsing.packages.poetry_constraint import requirement_of
from checks.parsing.packages.specifiers import truth_of


@pytest.mark.parametrize(
    ("marker", "truth"),
    [
        ("", "always"),
        ("python_version >= '3.6'", "always"),
        ("python_version < '3.10'", "always"),  # by number, not by letter
        ("python_version in '3.7 3.8'", "always"),
        ("python_full_version == '3.8.12'", "always"),
        ("python_full_version >= '3.8.10'", "always"),
        ("sys_platform == 'linux' and os_name == 'posix'", "always"),
        ("platform_system != 'Windows'", "always"),
        ("implementation_name == 'cpython'", "always"),
        ("platform_python_implementation == 'CPython' or extra == 'x'", "always"),
        ("python_version < '3'", "never"),
        ("python_version == '3.9'", "never"),
        ("python_full_version < '3.8.2'", "never"),
        ("sys_platform == 'win32'", "never"),
        ("os_name == 'nt' or platform_system == 'Darwin'", "never"),
        ("implementation_name == 'pypy'", "never"),
        ("extra == 'standard'", "never"),
        ("python_version >= '3.6' and sys_platform == 'darwin'", "never"),
        ("platform_machine == 's390x'", "never"),
        ("platform_machine == 'x86_64'", "depends"),
        ("platform_release >= '6'", "depends"),
        ("platform_machine == 'x86_64' or python_version >= '3'", "always"),
        ("os_name ~= 'posix'", "depends"),
        ("(" * 5_000, "depends"),
        ("python_version >= '" + "1" * 5_000 + "'", "depends"),
    ],
)
def test_a_marker(marker: str, truth: str) -> None:
    assert truth_of(marker, "3.8.12") == truth


@pytest.mark.parametrize(
    ("python", "truth"),
    [
        ("3.8.12", "never"),
        ("python3.8", "never"),
        ("pip3.8", "never"),
        ("3.9", "depends"),
        ("3.10", "always"),
        ("3", "depends"),
        ("", "depends"),
        ("3.8.12" * 2_000, "never"),
        ("3." + "9" * 10_000, "depends"),
    ],
)
def test_what_is_known_of_the_python_decides(python: str, truth: str) -> None:
    assert truth_of("python_full_version >= '3.9.7'", python) == truth


@pytest.mark.parametrize(
    ("base", "call", "python"),
    [
        ("python:3.8.12-slim", "pip install a", "3.8.12"),
        ("python:3.8.12", "python -m pip install a", "3.8.12"),
        ("docker.io/library/python:3.12-slim", "pip install a", "3.12"),
        ("ubuntu:20.04", "pip3 install a", ""),
        ("ubuntu:20.04", "pip3.9 install a", "pip3.9"),
        ("ubuntu:20.04", "python3.9 -m pip install a", "python3.9"),
        ("ubuntu:20.04", "uv pip install --python 3.9 a", "3.9"),
        ("elsewhere.example/python:3.8", "pip install a", ""),
    ],
)
def test_the_python_that_is_installed_for(base: str, call: str, python: str) -> None:
    stage = parse_dockerfile(f"FROM {base}\nRUN {call}\n".encode()).final
    (asked,) = requirements_of(stage, lambda _: None)
    assert asked.python == python


@pytest.mark.parametrize(
    ("constraint", "truth"),
    [
        ({"version": "1", "python": "^3.8"}, "always"),
        ({"version": "1", "python": ">=3.7,<4"}, "always"),
        ({"version": "1", "python": "<3 || ~3.8"}, "always"),
        ({"version": "1", "python": "3.8.*"}, "always"),
        ({"version": "1", "python": "3.8"}, "always"),
        ({"version": "1", "platform": "linux"}, "always"),
        ({"version": "1", "python": ">3 <4", "markers": "os_name == 'posix'"}, "always"),
        ({"version": "1", "python": ">3.8"}, "always"),  # Poetry takes it for >3.8.0
        ({"version": "1", "python": "!=3.8"}, "always"),
        ({"version": "1", "python": "~=3.8"}, "always"),
        ({"version": "1", "python": "^2.7 || ^3.6"}, "always"),
        ({"version": "1", "python": "<=3.8"}, "never"),
        ({"version": "1", "python": "~=3.8.13"}, "never"),
        ({"version": "1", "python": "<3.8.0 || >=3.9"}, "never"),
        ({"version": "1", "python": "<3"}, "never"),
        ({"version": "1", "python": "~2.7 || ^3.9"}, "never"),
        ({"version": "1", "python": "~3.7"}, "never"),
        ({"version": "1", "python": "^3.8", "platform": "win32"}, "never"),
        ({"version": "1", "markers": "python_version < '3'"}, "never"),
        ({"version": "1", "python": "any" * 10}, "always"),
        ({"version": "1", "python": "9" * 10_000}, "always"),
        ("1", "always"),
    ],
)
def test_the_marker_that_poetry_makes(constraint: object, truth: str) -> None:
    assert truth_of(requirement_of("a", constraint, 1).marker, "3.8.12") == truth

"""Braces, against bash itself; and that only such a shell expands them."""

import subprocess

import pytest

from checks.parsing.dockerfile import parse_dockerfile
from checks.parsing.removals import removals
from checks.parsing.shell.braces import expand_braces

WORDS = (
    "a{b,c}d", "/var/lib/{apt,dpkg,cache,log}", "/var/{lib/{apt,dpkg},cache}", "{a,b}{c,d}", "{1..3}", "{3..1}",
    "{a..c}",
        "a{b}c", "{}", "{a,b", "a,b}", "{a,}x", "{{a,b},c}", "x{a..c}{1,2}", "{1..b}", "{a,b}}", "a{b,c}{d}",
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_a_word_becomes_what_bash_makes_of_it(word: str) -> None:
    said = subprocess.run(
        ["bash", "-c", f"printf '%s\\n' {word}"], check=True, capture_output=True, text=True
    )
    assert expand_braces(word) == said.stdout.split()


@pytest.mark.parametrize(
    ("shell", "path", "cleaned"),
    [
        ('SHELL ["/bin/bash", "-c"]', "/var/lib/{apt,cache}", True),
        ('SHELL ["bash", "-o", "pipefail", "-c"]', "/var/{lib/{apt,x},cache}", True),
        ('SHELL ["/bin/bash", "-c"]', "/var/lib/{a..b}pt /var/lib/apt", True),
        ("ENV A=1", "/var/lib/{apt,cache}", False),
        ('SHELL ["/bin/dash", "-c"]', "/var/lib/{apt,cache}", False),
        ('SHELL ["/bin/bash", "-c"]', '"/var/lib/{apt,cache}"', False),
        ('SHELL ["/bin/bash", "-c"]', "/var/lib/{apt}", False),
    ],
)
def test_only_bash_removes_what_is_in_braces(shell: str, path: str, cleaned: bool) -> None:  # noqa: FBT001
    (run,) = parse_dockerfile(f"FROM x\n{shell}\nRUN rm -rf {path}\n".encode()).final.runs
    assert any(found.covers("/var/lib/apt/lists") for found in removals(run)) == cleaned

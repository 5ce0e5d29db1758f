"""Braces, against bash itself; and that only such a shell expands them."""

import subprocess

import pytest

from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.packages.deletions import removals
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


IN_QUOTES = (
    "/var/lib/{apt,'cache'}", '"/var/lib/"{apt,cache}', "$D/{apt,cache}", "${D}/{apt,'c'ache}",
    '"$D"/{apt,lists}/*', "\\{a,b}", "'{a,b}'", '{a,"b,c"}', "{a,b\\,c}", "{$D,/tmp}", '"{a,b}"', "{1..$D}",
    "x{a,}", "a{,b}c",
)  # fmt: skip


@pytest.mark.parametrize("word", IN_QUOTES)
def test_what_is_quoted_or_a_variable_is_one_piece_of_a_word(word: str) -> None:
    said = subprocess.run(
        ["bash", "-c", f"D=/var/lib; set -f; printf '%s\\n' {word}"],
        check=True,
        capture_output=True,
        text=True,
    )
    stage = parse_dockerfile(f'FROM x\nENV D=/var/lib\nSHELL ["bash", "-c"]\nRUN rm {word}\n'.encode()).final
    (command,) = stage.runs[0].commands
    assert list(command.expand(stage.environment)[1:]) == said.stdout.splitlines()


IN_LIB = "rm -rf /var/lib/{apt,cache}"


@pytest.mark.parametrize(
    ("shell", "script", "cleaned"),
    [
        ("sh", f"bash -c '{IN_LIB}'", True),
        ("sh", f'bash -c "{IN_LIB}"', True),
        ("sh", f"sudo -E bash -euo pipefail -c '{IN_LIB}'", True),
        ("sh", f"sh -c 'true && bash -c \"{IN_LIB}\"'", True),
        ("sh", f"bash <<'EOT'\n{IN_LIB}\nEOT", True),
        ("sh", f"<<EOT\n#!/bin/bash\n{IN_LIB}\nEOT", True),
        ("sh", f"<<EOT\n#!/usr/bin/env bash\n{IN_LIB}\nEOT", True),
        ("sh", f'["bash", "-c", "{IN_LIB}"]', True),
        ("bash", f"eval '{IN_LIB}'", True),
        ("bash", f"({IN_LIB})", True),
        ("bash", "for d in {apt,cache}; do rm -rf /var/lib/$d; done", True),
        ("bash", f"set +B; set -B; {IN_LIB}", True),
        ("sh", f"sh -c '{IN_LIB}'", False),
        ("sh", f'["sh", "-c", "{IN_LIB}"]', False),
        ("sh", f"<<EOT\n#!/bin/sh\n{IN_LIB}\nEOT", False),
        ("sh", f"dash <<'EOT'\n{IN_LIB}\nEOT", False),
        ("sh", f"bash -c true && {IN_LIB}", False),
        ("sh", f"bash +B -c '{IN_LIB}'", False),
        ("sh", "for d in {apt,cache}; do rm -rf /var/lib/$d; done", False),
        ("bash", f"sh -c '{IN_LIB}'", False),
        ("bash", f"<<EOT\n#!/bin/dash\n{IN_LIB}\nEOT", False),
        ("bash", f"set +B; {IN_LIB}", False),
        ("bash", f"set +o braceexpand; {IN_LIB}", False),
    ],
)
def test_the_shell_that_runs_a_script_decides(shell: str, script: str, *, cleaned: bool) -> None:
    text = f'FROM x\nSHELL ["{shell}", "-c"]\nRUN {script}\n'
    (run,) = parse_dockerfile(text.encode()).final.runs
    assert any(found.covers("/var/lib/apt/lists") for found in removals(run)) == cleaned


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

"""A script that a COPY makes of a heredoc is read where a RUN runs it, and nowhere else."""

import pytest

from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.dockerfile.instructions import Run
from checks.parsing.text.problems import ParseError

SCRIPT = "COPY <<'E' /s/x.sh\npip install a\nE\n"  # its command is on line 3
WITH_ARGUMENTS = "COPY <<'E' /s/x.sh\npip install $1 ${2} \"$@\"\nE\n"
CALLED_APT = "COPY --chmod=755 <<E /usr/local/bin/apt-get\n#!/bin/sh\ntrue\nE\n"
CALLED_PIP = "COPY --chmod=755 <<E /fake/pip\ntrue\nE\n"


def commands(text: str) -> list[tuple[int, str]]:
    """The line and the words of each command of the last RUN that runs."""
    instructions = parse_dockerfile(f"FROM a\n{text}\n".encode()).final.lineage
    run = [entry for entry in instructions if isinstance(entry, Run)][-1]
    return [(command.line, " ".join(command.expand({}))) for command in run.commands if command.runs]


@pytest.mark.parametrize(
    "text",
    [
        f"{SCRIPT}RUN sh /s/x.sh",
        f"{SCRIPT}RUN bash -ex /s/x.sh",
        f"{SCRIPT}RUN /bin/sh /s/../s/x.sh",
        f"{SCRIPT}RUN /s/x.sh",
        f"{SCRIPT}RUN . /s/x.sh",
        f"{SCRIPT}WORKDIR /s\nRUN ./x.sh",
        f"{SCRIPT}WORKDIR /s\nRUN sh x.sh",
        f"{SCRIPT}RUN sudo env A=1 sh /s/x.sh",
        f'{SCRIPT}RUN ["sh", "/s/x.sh"]',
        f"{SCRIPT}RUN sh -c 'sh /s/x.sh'",
        f"{SCRIPT}ENV PATH=/s:$PATH\nRUN x.sh",
        f"{SCRIPT}RUN PATH=/s:$PATH x.sh",
        f"FROM a AS b\n{SCRIPT}FROM b\nRUN sh /s/x.sh",
        "WORKDIR /s\nCOPY <<E x.sh\npip install a\nE\nRUN sh x.sh",
        "COPY <<x.sh /s/\npip install a\nx.sh\nRUN sh /s/x.sh",
        "ARG P=a\nCOPY <<E /s/x.sh\npip install $P\nE\nRUN sh /s/x.sh",
    ],
)
def test_it_is_read(text: str) -> None:
    assert [words for _, words in commands(text)] == ["pip install a"]


def test_its_commands_have_their_own_lines() -> None:
    assert commands(f"{SCRIPT}RUN cd /s && sh x.sh && echo")[1:] == [(3, "pip install a"), (5, "echo")]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("sh /s/x.sh a b", "pip install a b a b"),
        ("/s/x.sh a", "pip install a a"),
        ("sh -e /s/x.sh 'a b' c", "pip install a b c a b c"),
    ],
)
def test_it_has_the_arguments_of_its_call(call: str, words: str) -> None:
    assert commands(f"{WITH_ARGUMENTS}RUN {call}") == [(3, words)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{SCRIPT}RUN cat /s/x.sh", ["cat /s/x.sh"]),
        (f"{SCRIPT}RUN sh /other/x.sh", ["sh /other/x.sh"]),
        (f"{SCRIPT}RUN x.sh", ["x.sh"]),
        (f"RUN sh /s/x.sh\n{SCRIPT}", ["sh /s/x.sh"]),
        (f"{SCRIPT}FROM b\nRUN sh /s/x.sh", ["sh /s/x.sh"]),
        (f"{SCRIPT}RUN true || sh /s/x.sh", ["true"]),
        (SCRIPT.replace("pip", "#!/usr/bin/python\npip") + "RUN /s/x.sh", ["/s/x.sh"]),
    ],
)
def test_it_is_not_read_where_nothing_runs_it(text: str, words: list[str]) -> None:
    assert [found for _, found in commands(text)] == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{CALLED_APT}RUN apt-get install -y a", ["true"]),
        (f"{CALLED_APT}RUN /usr/bin/apt-get install -y a", ["/usr/bin/apt-get install -y a"]),
        (f"{CALLED_APT}ENV PATH=/usr/bin:$PATH\nRUN apt-get update", ["true"]),
        (f"{CALLED_PIP}RUN pip install a", ["pip install a"]),
        (f"{CALLED_PIP}RUN PATH=/fake:$PATH pip install a", ["true"]),
        (f"{CALLED_PIP}ENV PATH=/fake:$PATH\nRUN pip install a", ["true"]),
        (f"{CALLED_PIP}ENV PATH=/opt/venv/bin:$PATH\nRUN pip install a", ["pip install a"]),
    ],
)
def test_a_script_of_that_name_is_not_the_program(text: str, words: list[str]) -> None:
    assert [found for _, found in commands(text)] == words


def test_one_that_runs_itself_ends() -> None:
    text = "COPY <<E /x\nsh /x\n. /x\necho a\nE\nRUN sh /x"
    assert [words for _, words in commands(text)] == ["echo a"]


def test_a_script_that_no_shell_reads_is_told_on_its_line() -> None:
    with pytest.raises(ParseError) as failed:
        commands("COPY <<E /x\necho\nif true\nE\nRUN sh /x")
    assert failed.value.line in {3, 4, 5}

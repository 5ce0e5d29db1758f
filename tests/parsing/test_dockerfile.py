"""Whatever bytes are handed in: a result or a ParseError, and the same each time."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.text.decoding import MAX_BYTES
from checks.parsing.text.problems import ParseError

_PIECES = [
    *["FROM", "RUN", "COPY", "ADD", "ENV", "ARG", "LABEL", "USER", "WORKDIR", "EXPOSE", "CMD", "ENTRYPOINT"],
    *["HEALTHCHECK", "SHELL", "ONBUILD", "VOLUME", "STOPSIGNAL", "MAINTAINER", " AS ", "scratch", "a", "b"],
    *["A=1", "$A", "${A:-b}", "${A#*b}", "${A//b/c}", "${", "<<EOF", "<<-'E'", "EOF", "E", "<< ", "NONE"],
    *[
        "\n",
        "\n",
        "\n",
        " ",
        " ",
        "\t",
        "\\\n",
        "\\",
        "`\n",
        "#",
        "# escape=`\n",
        '"',
        "'",
        "[",
        "]",
        ",",
        '["a"]',
    ],
    *[
        "--from=",
        "--mount=type=cache,target=/c ",
        "--",
        "=",
        "1-70",
        "/udp",
        "\r",
        "\u2028",
        "\ufeff",
        '"\\ud800"',
    ],
]
dockerfiles = st.lists(st.sampled_from(_PIECES)).map(lambda pieces: "".join(pieces).encode())


def _exercise(data: bytes) -> None:
    """Parse, and use everything that is computed when it is asked for."""
    file = parse_dockerfile(data)
    assert repr(file) == repr(parse_dockerfile(data))
    for instruction in file.instructions:
        assert 1 <= instruction.line <= instruction.end_line <= max(len(file.lines), 1)
        assert str(instruction).encode() is not None  # nothing in it that cannot be written
    for problem in file.problems:
        assert 1 <= problem.line <= max(len(file.lines), 1)
    for stage in file.stages:
        assert stage.lineage is not None
        assert stage.end_line >= stage.line
        for run in stage.runs:
            with suppress(ParseError):
                assert all(run.line <= command.line <= run.end_line for command in run.commands)


@given(dockerfiles)
def test_any_dockerfile_is_read_to_its_end(data: bytes) -> None:
    with suppress(ParseError):
        _exercise(data)


@given(dockerfiles)
def test_any_dockerfile_behind_a_from(data: bytes) -> None:
    with suppress(ParseError):
        _exercise(b"FROM a AS b\nENV A=abc\n" + data)


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(ParseError):
        _exercise(data)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("FROM a\n".encode("utf-16"), 1),
        (b"FROM a\nRUN \0\n", 2),
        (b"#" * (MAX_BYTES + 1), 1),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, line: int) -> None:
    with pytest.raises(ParseError) as caught:
        parse_dockerfile(data)
    assert caught.value.line == line


def test_lines_are_for_excerpts() -> None:
    assert parse_dockerfile(b"FROM a\r\nRUN b").lines == ("FROM a", "RUN b")


def test_an_instruction_on_one_line_says_that_it_was_cut() -> None:
    run = parse_dockerfile(b"FROM a\nRUN " + b"x" * 100).instructions[1]
    assert str(run).endswith("…")

"""What is in force where: variables, stages, and the image's configuration."""

import pytest

from checks.parsing.dockerfile.dockerfile import Stage, parse_dockerfile
from checks.parsing.dockerfile.instructions import Arg, Env, OnBuild, Run
from checks.parsing.dockerfile.parser import MAX_STAGES
from checks.parsing.dockerfile.reader import MAX_INSTRUCTIONS
from checks.parsing.dockerfile.stages import from_stage
from checks.parsing.text.problems import ParseError


def _final(text: str, **build_args: str) -> Stage:
    file = parse_dockerfile(text.encode(), build_args=build_args)
    assert file.problems == ()
    return file.final


@pytest.mark.parametrize(
    ("text", "build_args", "base"),
    [
        ("FROM python", {}, "python"),
        ("ARG V=1\nFROM a:$V", {}, "a:1"),
        ("ARG V=1\nFROM a:$V", {"V": "2"}, "a:2"),
        ("ARG V=1\nARG I=a:${V}\nFROM $I", {}, "a:1"),
        ("FROM a:${V:-3}", {}, "a:3"),
        ("ARG V\nFROM a${V:+:$V}", {}, "a"),
        ("ARG I='a:1'\nFROM ${I}", {}, "a:1"),
        ("ARG A=1 B=$A\nFROM a:$B", {}, "a:1"),
        ("FROM a:$TARGETARCH", {}, "a:amd64"),
    ],
)
def test_the_base_is_expanded(text: str, build_args: dict[str, str], base: str) -> None:
    assert _final(text, **build_args).base == base


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ARG V=1\nFROM a\nENV X=$V", ""),
        ("ARG V=1\nFROM a\nARG V\nENV X=$V", "1"),
        ("ARG V=1\nFROM a\nARG V=2\nENV X=$V", "2"),
        ("FROM a\nARG V=1\nENV V=2\nENV X=$V", "2"),
        ("FROM a\nENV V=2\nARG V=1\nENV X=$V", "2"),
        ("FROM a\nENV V=1\nENV V=2 X=$V", "1"),
        ("FROM a\nENV X a b  c", "a b  c"),
        ("FROM a\nENV Y=1 X='a b'", "a b"),
        ("FROM a\nENV X=a\\ b", "a b"),
        ("FROM a AS b\nENV V=1\nARG W=2\nFROM b\nENV X=$V$W", "12"),
        ("FROM a AS b\nENV V=1\nFROM a\nENV X=$V", ""),
        ("FROM a\nENV X=$TARGETARCH", ""),
        ("FROM a\nARG TARGETARCH\nENV X=$TARGETARCH", "amd64"),
    ],
)
def test_variables_have_their_scope(text: str, expected: str) -> None:
    assert _final(text).environment["X"] == expected


def test_a_setting_knows_its_line() -> None:
    setting = _final("FROM a\nENV X=1\nENV X=2").environment.setting("X")
    assert setting is not None
    assert (setting.value, setting.line) == ("2", 3)


def test_what_is_in_force_before_an_instruction() -> None:
    stage = _final("FROM a\nARG A=1\nRUN x\nENV A=2 B=3\nRUN y")
    first, second = stage.runs
    assert (dict(stage.environment_at(first)), dict(stage.arguments_at(first))) == ({}, {"A": "1"})
    assert dict(stage.environment_at(second)) == {"A": "2", "B": "3"}


@pytest.mark.parametrize(
    ("body", "user"),
    [
        ("USER app", "app"),
        ("USER app:grp", "app:grp"),
        ('USER "root"', "root"),
        ("ARG U=root\nUSER ${U}", "root"),
        ("USER 0:0", "0:0"),
        ("RUN <<EOF\nUSER app\nEOF\nUSER b", "b"),
        ("USER root\n# USER app", "root"),
    ],
)
def test_the_user_in_force(body: str, user: str) -> None:
    setting = _final(f"FROM a\n{body}\n").user
    assert setting is not None
    assert setting.value == user


def test_no_user_is_the_base_images() -> None:
    assert _final("FROM a AS b\nUSER app\nFROM a").user is None


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("WORKDIR /a", "/a"),
        ("WORKDIR a", "/a"),
        ("WORKDIR /a\nWORKDIR b", "/a/b"),
        ("WORKDIR /a/b/\nWORKDIR ../c/./d", "/a/c/d"),
        ("ENV D=/x\nWORKDIR $D/y", "/x/y"),
        ("WORKDIR /a\nWORKDIR /b", "/b"),
    ],
)
def test_the_working_directory(body: str, path: str) -> None:
    setting = _final(f"FROM a\n{body}\n").workdir
    assert setting is not None
    assert setting.value == path


@pytest.mark.parametrize(
    ("text", "entrypoint", "cmd"),
    [
        ('FROM a\nCMD ["x"]\nENTRYPOINT ["y"]', ("y",), ("x",)),
        ('FROM a\nENTRYPOINT ["y"]\nCMD ["x"]', ("y",), ("x",)),
        ('FROM a AS b\nCMD ["x"]\nFROM b\nENTRYPOINT ["y"]', ("y",), None),
        ('FROM a AS b\nCMD ["x"]\nFROM b\nCMD ["z"]\nENTRYPOINT ["y"]', ("y",), ("z",)),
        ('FROM a AS b\nENTRYPOINT ["y"]\nFROM b\nCMD ["x"]', ("y",), ("x",)),
        ("FROM a\nCMD x y", None, ("/bin/sh", "-c", "x y")),
        ("FROM a\nCMD ['x']", None, ("/bin/sh", "-c", "['x']")),
        ('FROM a\nSHELL ["/bin/bash", "-c"]\nCMD x', None, ("/bin/bash", "-c", "x")),
    ],
)
def test_what_the_container_starts(
    text: str, entrypoint: tuple[str, ...] | None, cmd: tuple[str, ...] | None
) -> None:
    stage = _final(text)
    assert (stage.entrypoint.argv if stage.entrypoint else None) == entrypoint
    assert (stage.cmd.argv if stage.cmd else None) == cmd


def test_ports_are_counted_out() -> None:
    stage = _final("FROM a\nARG P=9000\nEXPOSE 8000-8002 53/UDP\nEXPOSE $P 80:81")
    assert stage.exposed == {
        "8000/tcp": 3,
        "8001/tcp": 3,
        "8002/tcp": 3,
        "53/udp": 3,
        "9000/tcp": 4,
        "81/tcp": 4,
    }


def test_labels_and_healthcheck() -> None:
    stage = _final('FROM a\nLABEL a=b "c d"="e f"\nHEALTHCHECK --interval=5s CMD ["x"]')
    assert dict(stage.labels) == {"a": "b", "c d": "e f"}
    assert stage.healthcheck is not None
    assert (stage.healthcheck.argv, stage.healthcheck.flags) == (("x",), (("interval", "5s"),))
    none = _final("FROM a\nHEALTHCHECK CMD x\nHEALTHCHECK none").healthcheck
    assert none is not None
    assert none.disabled


def test_copies_find_a_stage_by_its_name_in_any_case() -> None:
    file = parse_dockerfile(
        b"FROM x:1 AS Base\nRUN a\nFROM base AS mid\nRUN b\nFROM mid\nRUN c\nCOPY --from=BASE a b\n"
    )
    final = file.final
    assert [str(item) for item in final.lineage] == ["RUN a", "RUN b", "RUN c", "COPY --from=BASE a b"]
    assert (final.root_base, final.parent) == ("x:1", file.stage("mid"))
    assert from_stage(final.copies[0]) is file.stages[0] is file.stage(0) is file.stage("BASE")


def test_copies_know_where_they_go() -> None:
    stage = _final(
        "FROM a\nARG D=src\nCOPY $D ./\nWORKDIR /app\nCOPY --chown=1:2 a b .\nADD x y\n"
        "COPY << EOF z <<-  F /d/\n1\nEOF\n2\nF\n"
    )
    assert [(copy.sources, copy.destination) for copy in stage.copies] == [
        (("src",), "/"), (("a", "b"), "/app/"), (("x",), "/app/y"), (("z",), "/d/"),
    ]  # fmt: skip
    assert [document.body for document in stage.copies[3].documents] == ["1\n", "2\n"]
    assert stage.copies[1].chown == "1:2"


def test_mounts_are_read() -> None:
    stage = _final(
        "FROM a AS b\nFROM a\nENV C=/c\nWORKDIR /w\n"
        "RUN --mount=type=cache,target=$C --mount=type=secret,id=k --mount=from=b,src=/x,dst=y x\n"
    )
    mounts = stage.runs[0].mounts
    assert [(mount.type, mount.target, mount.read_only) for mount in mounts] == [
        ("cache", "/c", False), ("secret", "/run/secrets/k", True), ("bind", "/w/y", True),
    ]  # fmt: skip
    assert from_stage(mounts[2]) is not None


def test_onbuild_runs_in_the_next_stage_only() -> None:
    file = parse_dockerfile(b"FROM a AS b\nONBUILD USER app\nFROM b AS c\nFROM c\n")
    users = [stage.user.value if stage.user else None for stage in file.stages]
    assert users == [None, "app", "app"]
    assert [len(stage.of(OnBuild)) for stage in file.stages] == [1, 0, 0]


@pytest.mark.parametrize(
    ("text", "script", "lines"),
    [
        ("RUN a && \\\n # no\n b", "a &&  b", {0: 2, 5: 4}),
        ("RUN \\\n a", "a", {0: 3}),
        ("RUN --network=none \\\n a && \\\n b", "a &&  b", {0: 3, 5: 4}),
        ("RUN <<EOF\na\nb\nEOF", "a\nb\n", {0: 3, 2: 4}),
        ("RUN <<-EOF\n\ta\n\tb\n\tEOF", "a\nb\n", {0: 3, 2: 4}),
        ("RUN cat <<EOF > f\nx\nEOF", "cat <<EOF > f\nx\nEOF\n", {0: 2, 14: 3, 16: 4}),
    ],
)
def test_a_place_in_a_script_has_its_line(text: str, script: str, lines: dict[int, int]) -> None:
    run = _final(f"FROM a\n{text}\n").runs[0]
    assert run.script == script
    assert {offset: run.script_lines.line_of(offset) for offset in lines} == lines


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("RUN a && \\\n  b", [(2, "a"), (3, "b")]),
        ("RUN a 'x \\\n y' && \\\n  b", [(2, "a"), (4, "b")]),
        ("RUN a # x \\\n && b", [(2, "a")]),
        ('RUN ["a", "b c"]', [(2, "a")]),
        ('RUN ["sh", "-c", "a && b"]', [(2, "a"), (2, "b")]),
        ("RUN <<EOF\na\nb\nEOF", [(3, "a"), (4, "b")]),
        ("RUN <<EOF\n#!/usr/bin/env python3\nprint()\nEOF", []),
        ("RUN <<EOF bash\na\nEOF", [(3, "a")]),
        ('SHELL ["python", "-c"]\nRUN a', []),
    ],
)
def test_the_commands_of_a_run(text: str, commands: list[tuple[int, str]]) -> None:
    run = _final(f"FROM a\n{text}\n").runs[0]
    assert [(command.line, command.name) for command in run.commands] == commands


def test_the_shell_in_force_sets_errexit() -> None:
    run = _final('FROM a\nSHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nRUN a; b').of(Run)[0]
    assert all(command.errexit for command in run.commands)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("# only a comment\n", 1),
        ("RUN a\nFROM b\n", 1),
        ("FROM a\nCOPPY a b\n", 2),
        ("FROM a\nCOPY a\n", 2),
        ("FROM a\nCOPY --form=b a b\n", 2),
        ("FROM a\nCOPY --from=1 a b\n", 2),
        ("FROM a AS x\nCOPY --from=y a b\nFROM b AS y\nFROM x\n", 2),
        ("FROM a\nCOPY --from=$X a b\n", 2),
        ("FROM\n", 1),
        ("FROM a b\n", 1),
        ("FROM a AS 1x\n", 1),
        ("FROM Python\n", 1),
        ("FROM a:b:c\n", 1),
        ("FROM $NOTHING\n", 1),
        ("FROM a\nENV A\n", 2),
        ("FROM a\nENV A=1 B\n", 2),
        ("FROM a\nEXPOSE 99999\n", 2),
        ("FROM a\nEXPOSE http\n", 2),
        ("FROM a\nUSER\n", 2),
        ("FROM a\nSHELL bash\n", 2),
        ("FROM a\nHEALTHCHECK curl\n", 2),
        ("FROM a\nCMD [1]\n", 2),
        ("FROM a\nRUN --mount=type=cahce,target=/x y\n", 2),
        ("FROM a\nRUN <<EOF\n", 2),
        ("FROM a\nENV A=${B\n", 2),
        ("FROM a\nONBUILD FROM b\n", 2),
        ("FROM a\nRUN " + "x" * 70_000 + "\n", 2),
    ],
)
def test_what_docker_refuses_is_a_problem_with_its_line(text: str, line: int) -> None:
    assert [problem.line for problem in parse_dockerfile(text.encode()).problems][:1] == [line]


def test_a_slip_gets_a_suggestion() -> None:
    assert "COPY" in parse_dockerfile(b"FROM a\nCOPPY a b\n").problems[0].message


def test_no_from_has_no_final_stage() -> None:
    with pytest.raises(ParseError) as caught:
        _ = parse_dockerfile(b"RUN x\n").final
    assert caught.value.line == 1


def test_variables_that_double_are_stopped() -> None:
    file = parse_dockerfile(b"FROM a\nENV A=xx\n" + b"ENV A=$A$A\n" * 100)
    assert file.problems
    assert len(file.final.environment["A"]) <= 8_192


def test_a_chain_of_stages_may_be_deep() -> None:
    text = "FROM x AS s0\n" + "".join(f"FROM s{n} AS s{n + 1}\nENV A{n}=1\n" for n in range(MAX_STAGES - 1))
    final = _final(text)
    assert (final.root_base, len(final.environment), len(final.lineage)) == ("x", 99, 99)


def test_stages_and_instructions_have_a_limit() -> None:
    assert len(parse_dockerfile(b"FROM x\n" * MAX_STAGES).stages) == MAX_STAGES
    with pytest.raises(ParseError, match="100 stages"):
        parse_dockerfile(b"FROM x\n" * (MAX_STAGES + 1))
    with pytest.raises(ParseError, match="3,000 instructions"):
        parse_dockerfile(b"FROM x\n" * (MAX_INSTRUCTIONS + 1))


def test_instructions_of_one_type() -> None:
    stage = _final("FROM a\nENV A=1\nRUN x\nARG B\nRUN y")
    assert [len(stage.of(kind)) for kind in (Env, Arg, Run)] == [1, 1, 2]
    first = stage.runs[0]
    assert [str(item) for item in stage.before(first)] == ["ENV A=1"]
    assert [str(item) for item in stage.after(first)] == ["ARG B", "RUN y"]

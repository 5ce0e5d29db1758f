"""The splitter: what it finds, where, and whether it runs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.parsing.shell import Command, shell_options, split
from checks.parsing.shell.allowance import MAX_COMMANDS
from checks.parsing.shell.cursor import MAX_DEPTH
from checks.parsing.text.problems import ParseError


def argvs(script: str) -> list[tuple[str, ...]]:
    return [command.argv for command in split(script)]


def one(script: str, name: str) -> Command:
    """The only command of that name."""
    (command,) = (command for command in split(script) if command.name == name)
    return command


def test_each_command_has_its_line_and_the_operator_before_it() -> None:
    commands = split("a && \\\n b; c |\n d\ne & f || g", line_of=lambda line: line + 10)
    assert [(command.name, command.line, command.operator) for command in commands] == [
        ("a", 11, ""), ("b", 12, "&&"), ("c", 12, ";"), ("d", 13, "|"), ("e", 14, "\n"), ("f", 14, "&"),
        ("g", 14, "||"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "script",
    [
        "apt-get update", "/usr/bin/apt-get update", "sudo -E apt-get update", "env X=1 Y=2 apt-get update",
        "env -u X sudo -u root /usr/bin/apt-get update", "exec apt-get update", "time apt-get update",
        "nohup apt-get update", "command apt-get update", "timeout -k 5 60 apt-get update",
        "apt-get \\\nupdate",
        "'apt-get' \"update\"", "apt\\-get up''date", "sh -c 'apt-get update'", 'bash -lc "apt-get update"',
        "bash -o pipefail -ec 'apt-get update'", "eval apt-get 'update'", "bash <<EOF\napt-get update\nEOF",
        "sh <<< 'apt-get update'", "su app -c 'apt-get update'", "sh -c \"sh -c 'apt-get update'\"",
        "#!/bin/sh\napt-get update", "#!/usr/bin/env bash\napt-get update", "(apt-get update)",
        "{ apt-get update; }", "apt-get update # apt-get install x", "$'apt-get' update",
        "time -p apt-get update", "xargs -n 1 apt-get update",
    ],
)  # fmt: skip
def test_however_it_is_wrapped_it_is_one_command(script: str) -> None:
    (command,) = split(script)
    assert (command.name, command.argv[1:]) == ("apt-get", ("update",))
    assert (command.runs, command.certain, command.fatal) == (True, True, True)


@pytest.mark.parametrize("script", ["", "  \n", "# a", "#!/usr/bin/python3\nimport os; os.system('a')"])
def test_nothing_is_found_where_there_is_no_command(script: str) -> None:
    assert split(script) == ()


def test_wrappers_that_run_nothing_stay() -> None:
    assert argvs("command -v pip; env; sh x.sh; env X=1") == [
        ("command", "-v", "pip"), ("env",), ("sh", "x.sh"), ("env", "X=1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("script", "runs", "certain", "fatal"),
    [
        ("x", True, True, True),
        ("a && x", True, True, True),
        ("a; x", True, True, True),
        ("x; a", True, True, False),
        ("set -e; x; a", True, True, True),
        ("set -o errexit; x; a", True, True, True),
        ("set -e; set +e; x; a", True, True, False),
        ("set -e; x && a; b", True, True, False),
        ("a && x; b", True, False, False),
        ("a || x", False, False, True),
        ("true || x", False, False, True),
        ("false || x", True, True, True),
        ("true && x; b", True, True, False),
        ("x || true", True, True, False),
        ("x || exit 1; b", True, True, True),
        ("x || { echo no; exit 1; }; b", True, True, True),
        ("a && x || exit 1; b", True, True, True),
        ("(a; x) || exit 1; b", True, True, True),
        ("if a; then x; fi", False, False, True),
        ("if x; then a; fi", True, True, False),
        ("if true; then x; fi", True, True, True),
        ("if false; then a; else x; fi", True, True, True),
        ("[ -f y ] && x; b", False, False, False),
        ("[ -f y ] && x", True, True, True),
        ("x & b", False, False, False),
        ("exit 0; x", False, False, True),
        ("a || exit 0; x", True, False, True),
        ("(exit 0); x", True, True, True),
        ("exec y; x", False, False, True),
        ("x | a", True, True, False),
        ("set -o pipefail; x | a", True, True, True),
        ("a | x", True, True, True),
        ("! x", True, True, False),
        ("echo $(x)", True, True, False),
        ("y=$(x)", True, True, True),
        ("echo ${y:-$(x)}", False, False, False),
        ("f() { x; }; true", False, False, False),
        ("case a in a) x;; esac", False, False, True),
        ("while a; do x; done", False, False, False),
        ("while true; do a && break; done; x", True, True, True),
        ("bash -ec 'x; a'", True, True, True),
        ("bash -c 'x; a'", True, True, False),
        ("set -e; (x; a); b", True, True, True),
        ("false && x", False, False, True),
    ],
)
def test_whether_it_runs_and_whether_its_failure_counts(
    script: str, *, runs: bool, certain: bool, fatal: bool
) -> None:
    command = one(script, "x")
    assert (command.runs, command.certain, command.fatal) == (runs, certain, fatal)


def test_the_options_of_a_shell_instruction_count() -> None:
    options = shell_options(["/bin/bash", "-eo", "pipefail", "-c"])
    assert options == {"errexit", "pipefail", "braceexpand"}
    assert [command.fatal for command in split("a | b; c", options=options)] == [True, True, True]


def test_the_context_tells_what_a_command_stands_in() -> None:
    assert one("if a; then (for i in 1; do x; done); fi", "x").context == ("if", "subshell", "for")
    assert one("a || x", "x").context == ("||",)
    assert one("ls | xargs -0 x", "x").context == ("pipe", "xargs")


def test_a_quoted_glob_can_be_told_from_a_real_one() -> None:
    command = one('rm -rf "/var/lib/apt/lists/*" /var/lib/apt/lists/*', "rm")
    assert command.quoted == (False, False, True, False)
    assert [word.globs for word in command.words] == [False, False, False, True]


def test_redirects_are_the_commands_own_and_those_of_its_brackets() -> None:
    command = one("{ x >a 2>&1; } >>b", "x")
    assert [(one.operator, one.target, one.fd) for one in command.redirects] == [
        (">", "a", None), (">&", "1", 2), (">>", "b", None),
    ]  # fmt: skip
    heredoc = one("x <<-'E' > f\n\ta $b\n\tE\n", "x").redirects[0]
    assert (heredoc.body, heredoc.quoted) == ("a $b\n", True)


@pytest.mark.parametrize(
    ("script", "expanded"),
    [
        ("x a==$V", ("x", "a==1.2")),
        ('x "a==${V}"', ("x", "a==1.2")),
        ("x 'a==$V' \\$V", ("x", "a==$V", "$V")),
        ("x a==${NONE:-3}", ("x", "a==3")),
        ("x a==${V:+4}", ("x", "a==4")),
        ("x a==${NONE:-$V}", ("x", "a==1.2")),
        ("x a==$NONE $NONE", ("x", "a==")),
        ("x $LIST", ("x", "a", "b")),
        ('x "$LIST"', ("x", "a b")),
        ("x p$LIST-q", ("x", "pa", "b-q")),
        ("W=9 && x a==$W", ("x", "a==9")),
        ("W=$V.3; x a==$W", ("x", "a==1.2.3")),
        ("W=9 x a==$W", ("x", "a==")),
        ("export W=9; x $W", ("x", "9")),
        ("(W=9); x a$W", ("x", "a")),
        ("if a; then W=9; fi; x a==$W", ("x", "a==$W")),
        ("W=$(y); x a==$W", ("x", "a==$(y)")),
        ("V=9; unset V; x a==$V", ("x", "a==")),
    ],
)
def test_variables_are_expanded_on_demand(script: str, expanded: tuple[str, ...]) -> None:
    assert one(script, "x").expand({"V": "1.2", "LIST": "a b"}) == expanded


def test_a_loop_over_words_runs_its_body_for_each() -> None:
    commands = split('L="b==2 c==3"; for p in a==1 $L; do pip install $p; done')
    assert [command.expand({})[-1] for command in commands if command.words] == ["a==1", "b==2", "c==3"]
    assert all(command.runs for command in commands)


def test_exports_are_seen_by_the_commands_after_them() -> None:
    commands = split("a; export X=1 Y=$V; Z=2 b; env W=3 c")
    assert [command.environment({"V": "v"}) for command in commands if command.name in {"a", "b", "c"}] == [
        {"V": "v"}, {"V": "v", "X": "1", "Y": "v", "Z": "2"}, {"V": "v", "X": "1", "Y": "v", "W": "3"},
    ]  # fmt: skip


def test_lines_are_right_inside_a_quoted_script() -> None:
    script = 'a && \\\nbash -c "b && \\\n  c\n  d"\nsh <<E\ne\nE\n'
    assert [(command.name, command.line) for command in split(script)] == [
        ("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 6),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("a\necho 'b", 2), ('a\n\necho "b', 3), ("echo $(a", 1), ("echo `a", 1), ("echo ${a", 1), ("a &&", 1),
        ("a\nif b; then c", 2), ("fi", 1), ("a )", 1), ("a ;; b", 1), ("&& a", 1), ("a >", 1), ("(" * 99, 1),
        ("echo (a)", 1), ("sh -c \"a\n'\"", 2),
        ("for i in " + "a " * 9_000 + "; do echo " + "x" * 999 + "; done", 1),
        ("a;" * (MAX_COMMANDS + 1), 1), ("x" * 2_000_000, 1), ("echo " + "$(" * (MAX_DEPTH + 1), 1),
    ],
)  # fmt: skip
def test_what_no_shell_would_run_or_a_limit_forbids_is_an_error_with_its_line(script: str, line: int) -> None:
    with pytest.raises(ParseError) as caught:
        split(script)
    assert caught.value.line == line


_EXPANSIONS = "$X ${X:-y} ${ $( $' $\" X=1 f() * é E a b"
_OPERATORS = ") ` ' \" \\ ; & && | || ( ) (( )) { } < > << <<E >& # = ! [[ ]] ;;"
_KEYWORDS = "if then else fi for in do done while case esac sh -c eval export set -e exit 0 break time"
_PIECES = (*_EXPANSIONS.split(), *_OPERATORS.split(), *_KEYWORDS.split(), *" \n\t\0\u2028")
_SHELLISH = st.lists(st.sampled_from(_PIECES), max_size=40)


@given(st.one_of(st.text(max_size=200), _SHELLISH.map(" ".join), _SHELLISH.map("".join)))
def test_no_text_raises_anything_but_a_parse_error(text: str) -> None:
    lines = range(6, text.count("\n") + 7)
    try:
        commands = split(text, line_of=lambda line: line + 5)
    except ParseError as caught:
        error: ParseError | None = caught
        commands = ()
    else:
        error = None
    assert error is None or error.line in lines
    for command in commands:
        assert command.line in lines
        assert command.runs or not command.certain
        command.expand({"X": "1 2"})
        command.environment({})


@given(st.lists(st.sampled_from(["&&", "||", ";", "|", "&", "\n"]), max_size=30))
def test_operators_survive(operators: list[str]) -> None:
    script = "c" + "".join(f" {operator} c" for operator in operators)
    assert [command.operator for command in split(script)] == ["", *operators]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_what_is_quoted_comes_back(words: list[str]) -> None:
    quoted = ["'" + re.sub("'", "'\\\\''", word) + "'" for word in words]
    (command,) = split("x " + " ".join(quoted))
    assert command.argv == ("x", *words)
    assert command.expand({}) == ("x", *words)

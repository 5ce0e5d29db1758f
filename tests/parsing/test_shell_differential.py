"""The splitter against two others: shfmt for structure and redirects, bashlex for quote removal and order.

The bodies are those of run_bodies.txt, and several hundred more that are put together from their parts.
"""

import json
import random
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from checks.parsing.shell.allowance import Allowance
from checks.parsing.shell.grammar import Grammar
from checks.parsing.shell.nodes import Node, Script, Simple, Substitution
from checks.parsing.shell.words import Source
from tests.tools import DEVELOPING, package, tool

BODIES = [
    body.strip("\n")
    for body in Path(__file__).with_name("run_bodies.txt").read_text(encoding="utf-8").split("%%\n")
]
_COMMANDS = [
    "apt-get update", "apt-get install -y 'a b' c=1", "pip install flask>=2 b", 'echo "x && y; z" w',
    "a\\ b c", "X=1 Y='2 3' env", "rm -rf /var/lib/apt/lists/*", "tee f <in 2>&1 >>out",
    'echo "$(date -u "+%s")" `id`',
    "( cd x && make )", "{ one; two; }", "if a; then b; else c; fi", "for i in 1 2; do d $i; done",
    "case $x in a|b) e ;; *) f; esac", "echo ${v:-$(w)} ${#v} $((1 + 2))", "while x; do y; done",
    "! grep -q 'it'\"'\"'s' f", "sh -c 'a && b'", "echo a\\\n  b", "[ -f x ]",
]  # fmt: skip
_JOINS = [" && ", "; ", " || ", " | ", "\n", " && \\\n  ", ";", "|", "&&"]
END = "the-end-of-one-body"
Shape = tuple[int, tuple[str, ...], tuple[tuple[str, str], ...]]  # assignments, words, redirects


def generated() -> Iterator[str]:
    dice = random.Random(7)  # the same bodies in every run
    for _ in range(250):
        text = dice.choice(_COMMANDS)
        for _ in range(dice.randrange(6)):
            join, command = dice.choice(_JOINS), dice.choice(_COMMANDS)
            text += join + (command.removeprefix("! ") if "|" in join else command)  # `a | ! b` is no shell
        wrap = dice.choice(
            ["{}", "{}", "( {})", "{{ {}; }}", "if {}\nthen {}\nfi", "x=$( {})", "a <<E\n{}\nE\n{}"]
        )
        yield wrap.format(text, text)


def nodes(found: Script | Node | tuple[Substitution, ...]) -> Iterator[Simple]:
    """The simple commands in the order in which they are written."""
    if isinstance(found, tuple):
        for substitution in found:
            yield from nodes(substitution.script)
    elif isinstance(found, Script):
        for _, item in found.lists:
            for _, pipeline in item.pipelines:
                for _, node in pipeline.elements:
                    yield from nodes(node)
    elif isinstance(found, Simple):
        yield found
        yield from nodes(found.substitutions)
    else:
        yield from nodes(found.substitutions)
        for body in found.bodies:
            yield from nodes(body.script)


def ours(body: str) -> list[Shape]:
    found = nodes(Grammar(Source.of(body, lambda line: line), Allowance()).whole())
    return [
        (
            len(node.settings),
            tuple(word.text for word in node.words),
            tuple((redirect.operator, redirect.target) for redirect in node.redirects),
        )
        for node in found
        if not (node.words and node.words[0].text in {"[[", "((", "export", "readonly"})
    ]


def theirs(body: str) -> list[Shape]:
    """What shfmt finds in one body."""
    return next(theirs_of([body]))


def theirs_of(bodies: Sequence[str]) -> Iterator[list[Shape]]:
    """What it finds in each of them, in one call: a command that none of them has ends each."""
    found: list[Shape] = []
    for shape in _all("".join(f"{body}\n{END}\n" for body in bodies)):
        if shape[1] == (END,):
            yield found
            found = []
        else:
            found.append(shape)


def _all(body: str) -> list[Shape]:
    shfmt = tool("shfmt", DEVELOPING)
    run = subprocess.run(
        [str(shfmt), "-ln", "bash", "--to-json", "-"], input=body.encode(), capture_output=True, check=True
    )
    source = body.encode()
    found = sorted(_calls(json.loads(run.stdout)), key=lambda pair: pair[1]["Pos"]["Offset"])
    return [
        (
            len(call.get("Assigns", ())),
            tuple(_cooked(word, source) for word in call.get("Args", ())),
            tuple((one["Op"], _cooked(one["Word"], source)) for one in statement.get("Redirs", ())),
        )
        for statement, call in found
    ]


def _calls(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every call with its statement. Substitutions in the body of a heredoc are not read by ours."""
    if isinstance(tree, list):
        for item in tree:
            yield from _calls(item)
    elif isinstance(tree, dict):
        if (tree.get("Cmd") or {}).get("Type") == "CallExpr":
            yield tree, tree["Cmd"]
        elif "Redirs" in tree and "Cmd" not in tree:
            yield tree, {"Pos": tree["Pos"]}
        for key, value in tree.items():
            if key != "Hdoc":
                yield from _calls(value)


def _cooked(word: Any, source: bytes) -> str:
    return "".join(_part(part, source, inside=False) for part in word.get("Parts", ()))


def _part(part: Any, source: bytes, *, inside: bool) -> str:
    if part["Type"] == "Lit":
        pattern = r'\\([$`"\\\n])' if inside else r"\\([\s\S])"
        return re.sub(pattern, lambda match: match[1].strip("\n"), str(part.get("Value", "")))
    if part["Type"] == "SglQuoted":
        return str(part.get("Value", "")).replace("\\n", "\n" if part.get("Dollar") else "\\n")
    if part["Type"] == "DblQuoted":
        return "".join(_part(inner, source, inside=True) for inner in part.get("Parts", ()))
    return source[part["Pos"]["Offset"] : part["End"]["Offset"]].decode()


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_the_corpus_splits_as_shfmt_splits_it(body: str) -> None:
    assert ours(body) == theirs(body)


def test_generated_bodies_split_as_shfmt_splits_them() -> None:
    bodies = list(generated())
    for body, shapes in zip(bodies, theirs_of(bodies), strict=True):
        assert ours(body) == shapes, body


def _flat(tree: Any) -> Iterator[str]:
    """Operators and cooked words of bashlex, in order; nothing of what is inside a word."""
    if tree.kind == "operator":
        yield tree.op
    elif tree.kind == "pipe":
        yield tree.pipe
    elif tree.kind == "word":
        yield tree.word
    elif tree.kind in {"list", "pipeline", "command"}:
        for part in tree.parts:
            yield from _flat(part)


def _our_flat(script: Script) -> Iterator[str]:
    for index, (_, item) in enumerate(script.lists):
        for operator, pipeline in item.pipelines:
            yield from [operator] * bool(operator)
            for pipe, node in pipeline.elements:
                assert isinstance(node, Simple)
                yield from [pipe] * bool(pipe)
                yield from (word.text for word in node.words)
        if index + 1 < len(script.lists):
            yield script.lists[index + 1][0]


def test_plain_lists_have_the_words_and_operators_that_bashlex_finds() -> None:
    """Lists of simple commands on one line: what bashlex reads without fault."""
    bashlex = package("bashlex")
    plain = [command for command in _COMMANDS if command[0] not in "({!ifcw[X" and "$((" not in command]
    dice = random.Random(11)
    for _ in range(300):
        joins = [" && ", "; ", " || ", " | ", ";", "|", "&&"]
        body = "".join(dice.choice(plain) + dice.choice(joins) for _ in range(dice.randrange(6))) + "end"
        expected = [word for tree in bashlex.parse(body) for word in _flat(tree)]
        assert (
            list(_our_flat(Grammar(Source.of(body, lambda line: line), Allowance()).whole())) == expected
        ), body

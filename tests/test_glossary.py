"""The glossary explains the words of reports, hints and READMEs, and no word that none of them uses."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from checks.glossary import FILE, Term, term_of, terms, uses
from checks.grading.catalog import planned
from checks.hints import HINTS
from checks.lab import ROOT
from tests.engines import LABS
from tests.terminal import terminal

# Words of Docker's field that a beginner may meet here for the first time.
FIELD = """
base image, bind mount, build argument, build cache, build context, BuildKit, cache, canary, Compose, container,
daemon, digest, dive, Dockerfile, engine, environment variable, exec form, health check, heredoc, image, inventory,
label, layer, lock file, manifest, mount, multi-stage, network, package list, port, registry, root, SBOM, secret,
service, shell form, signal, stage, tag, variable, virtual environment, volume, vulnerability, wasted space, wheel,
whiteout
"""
SPEAKING = ("check_*.py", "expect/*.py", "rules/*.py", "grading/build*.py")


@cache
def said() -> str:
    """What a student may read: titles, messages, hints and READMEs."""
    titles = (check.title for lab in LABS for check in planned(lab).checks)
    hints = (text for lab in LABS for text in _texts(yaml.safe_load((lab.folder / HINTS).read_text("utf-8"))))
    readmes = (
        path.read_text("utf-8") for path in (ROOT / "README.md", *(lab.folder / "README.md" for lab in LABS))
    )
    files = (path for pattern in SPEAKING for path in (ROOT / "checks").glob(pattern))
    return "\n".join([*titles, *hints, *readmes, *(text for file in files for text in _messages(file))])


def _messages(file: Path) -> Iterator[str]:
    """The texts of a module, its docstrings aside."""
    tree = ast.parse(file.read_text("utf-8"))
    described = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described:
            yield node.value


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _texts(each)
    elif isinstance(node, str):
        yield node


def _is_said(word: str, text: str) -> bool:
    return re.search(rf"(?<![\w./-]){re.escape(word)}(?:s|es)?(?![\w/-])", text, re.IGNORECASE) is not None


@pytest.mark.parametrize("word", [word.strip() for word in FIELD.split(",")])
def test_a_word_that_is_said_is_explained(word: str) -> None:
    assert term_of(word) is not None or not _is_said(word, said())


@pytest.mark.parametrize("term", terms(), ids=lambda term: term.id)
def test_a_word_that_is_explained_is_said(term: Term) -> None:
    assert any(_is_said(word, said()) for word in (term.word, *term.others))
    assert max(map(len, term.example.splitlines())) <= 72  # a terminal of 80 columns shows it whole
    assert term.text.count(". ") <= 2
    assert term.places
    for _, readme in term.places:
        assert term in [use.term for use in uses((ROOT / readme).read_text("utf-8"))], readme


def test_no_entry_is_missed_or_twice() -> None:
    assert len(terms()) == FILE.read_text("utf-8").count("\n## ") > 20
    names = [name.lower() for term in terms() for name in (term.word, *term.others)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Two layers, and one more layer.", ["layer"]),
        ("The build context has a .dockerignore.", ["build context"]),
        ("The Layer; caches: images", ["layer", "cache", "image"]),
        ("`layer` is code", []),
        ("The variables PORT and IMAGE; SBOM and Compose", ["environment variable", "inventory", "Compose"]),
        ("what the build said:\n    | ERROR: no cache in this layer\n    | image", []),
        ("task1/layer layer.py my-layer --cache ubuntu:tag layers_found", []),
        ("", []),
    ],
)
def test_the_first_use_of_each_word_is_found(text: str, words: list[str]) -> None:
    found = list(uses(text))
    assert [use.term.word for use in found] == words
    assert all(term_of(text[use.start : use.end]) is use.term for use in found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "status", "shown"),
    [
        (["layer"], 0, "In the course: "),
        (["Build", "contexts"], 0, "build context"),
        ([], 0, "base image, build argument"),
        (["laier"], 2, "did you mean `layer`?"),
        (["no such word"], 2, "`make glossary` lists them."),
    ],
)
def test_a_word_is_asked_for_in_the_terminal(words: list[str], status: int, shown: str) -> None:
    with terminal("-m", "checks", "glossary", *words) as asked:
        assert asked.end() == status
        assert shown in asked.screen

"""Markdown: what a student wrote stays text, wherever a parser of CommonMark looks."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from checks.outcomes import Report
from tests.reports.hostile_texts import HOSTILE

Export = Callable[..., Mapping[str, str]]
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table"])


def tags(text: str) -> list[str]:
    tokens = PARSER.parse(text)
    return [t.type for token in tokens for t in (token, *(token.children or ())) if t.type != "text"]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_text_makes_no_element(text: str, export: Export, mixed: Report) -> None:
    checks = tuple(replace(c, expected=text, actual=text, help=text, file=text) for c in mixed.checks)
    hostile = replace(mixed, submission=text, labs=(replace(mixed.labs[0], checks=checks),))
    harmless = replace(checks[0], expected="a", actual="a", help="a", file="a")
    plain = tuple(replace(harmless, title=c.title, outcome=c.outcome) for c in mixed.checks)
    usual = replace(mixed, submission="a", labs=(replace(mixed.labs[0], checks=plain),))
    expected, found = (tags(export("markdown", each)["report.md"]) for each in (usual, hostile))
    assert found == expected


def test_each_reason_stands_below_the_table(export: Export, mixed: Report) -> None:
    text = export("markdown", mixed)["report.md"]
    assert "| fail | Every command has a RUN of its own. | 0/2 |" in text
    assert "at: task1_layers/Dockerfile:3\nexpected: one command in each RUN\nactual: two commands" in text

"""Every rule, run on its own examples: it has findings in the bad ones and none in the good ones.

The examples are in the docstring of the rule's module, which people read, so no rule can be untested.
"""

import re
import sys
import textwrap
from collections.abc import Callable, Mapping

import pytest

from checks.parsing.dockerfile.dockerfile import Dockerfile, parse_dockerfile
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.text.ignore_file import IgnoreFile, parse_ignorefile
from checks.rules import Rule, all_rules

EVERY_RULE = pytest.mark.parametrize("rule", list(all_rules()), ids=lambda rule: rule.id)
# An example reaches from its mark to the next one, or to the first line that is not indented.
EXAMPLE = re.compile(r"^    # (bad|good)\n((?:(?!    # (?:bad|good)$)(?:    .*)?\n)+)", re.MULTILINE)


def examples(rule: Rule, kind: str) -> list[str]:
    """The texts behind `# bad` or `# good`."""
    found = EXAMPLE.findall(f"{rule.explanation}\n")
    return [textwrap.dedent(text).strip() + "\n" for mark, text in found if mark == kind]


def dockerfile(text: str) -> Dockerfile:
    """An example must be one that Docker would build."""
    file = parse_dockerfile(text.encode())
    assert file.problems == ()
    return file


READ: Mapping[type, Callable[[str], object]] = {
    Dockerfile: dockerfile,
    IgnoreFile: lambda text: parse_ignorefile(text.encode()),
    Stage: lambda text: dockerfile(text).final,
}
"""How an example becomes the artifact that a rule judges."""


def test_there_are_rules() -> None:
    assert [rule.id for rule in all_rules()] == sorted(rule.id for rule in all_rules())
    assert "several-commands-in-run" in {rule.id for rule in all_rules()}


@EVERY_RULE
def test_a_rule_finds_its_bad_examples(rule: Rule) -> None:
    bad = examples(rule, "bad")
    assert bad
    for text in bad:
        findings = list(rule(READ[rule.artifact](text)))
        assert findings, text
        assert all(1 <= finding.line <= text.count("\n") and finding.message for finding in findings)


@EVERY_RULE
def test_a_rule_finds_nothing_in_its_good_examples(rule: Rule) -> None:
    good = examples(rule, "good")
    assert good
    for text in good:
        assert list(rule(READ[rule.artifact](text))) == [], text


@EVERY_RULE
def test_a_rule_is_alone_in_its_file_and_called_as_the_file_is(rule: Rule) -> None:
    module = sys.modules[rule.judge.__module__]
    name = module.__name__.rpartition(".")[2]
    assert rule.judge.__name__ == name
    assert rule.id == name.replace("_", "-")
    assert [value for value in vars(module).values() if isinstance(value, Rule)] == [rule]


@EVERY_RULE
def test_a_rule_says_why_and_what_to_do(rule: Rule) -> None:
    assert rule.explanation.partition("\n")[0].endswith(".")
    assert rule.help


@EVERY_RULE
def test_its_pattern_goes_on_with_a_sentence(rule: Rule) -> None:
    """A report says "no place where" in front of it."""
    word = rule.pattern.partition(" ")[0]
    assert word.islower() or not word.isalpha() or (word.isupper() and len(word) > 1), rule.pattern
    assert not rule.pattern.endswith(".")


@EVERY_RULE
def test_a_rule_judges_nothing_but_its_artifact(rule: Rule) -> None:
    with pytest.raises(TypeError, match=rule.id):
        rule(object())

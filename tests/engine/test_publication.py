"""`publish.yaml` is read as data: its names are those of images, and lead to no other registry."""

import pytest

from checks.engine.publication import MAX_TAGS, read_publication
from checks.parsing.text.problems import ParseError
from checks.parsing.text.yaml_file import parse_yaml

ARGUMENTS = {"VERSION": "1.2.3"}


def names(text: str) -> list[str]:
    return list(read_publication(parse_yaml(text.encode(), "publish.yaml"), ARGUMENTS).names)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('repository: a\ntags: ["{version}", latest]', ["a:1.2.3", "a:latest"]),
        ("repository: team/a\ntags:\n- v{version}-slim\n", ["team/a:v1.2.3-slim"]),
        ("{repository: a, tags: []}", []),
    ],
)
def test_names_are_filled_in(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("repository: a\n", "`tags` is missing", 1),
        ("repository: a\ntags: latest", "valid tuple", 2),
        ("repository: a\ntags: [1.0]", "string", 2),
        ("repository: a\ntag: [x]\ntags: []", "`tag` is no setting", 2),
        ("repository: A\ntags: [x]", "lower case", 2),
        ("repository: localhost:5000/a\ntags: [x]", "not a path and a tag", 2),
        ("repository: a\ntags: ['--all-tags']", "", 2),
        ("repository: a\ntags: ['{other}']", "", 2),
        ("repository: a\ntags: ['']", "", 2),
        (f"repository: a@sha256\ntags: ['{'0' * 64}']", "", 2),
        (f"repository: a\ntags: [{', '.join('t' * n for n in range(1, MAX_TAGS + 2))}]", "more than", 2),
        ("- a", "a mapping", 1),
    ],
)
def test_what_names_no_image_is_told_with_its_line(text: str, said: str, line: int) -> None:
    with pytest.raises(ParseError) as caught:
        names(text)
    assert said in caught.value.message
    assert caught.value.line == line

"""What PyYAML's parser complains of, said to somebody who writes YAML and does not parse it."""

import re

import yaml

# The parser's own words: those of what it was doing and of what it met, and what that means in a file.
_MEANINGS = tuple(
    (re.compile(pattern, re.DOTALL), meaning)
    for pattern, meaning in (
        ("flow sequence.*expected ',' or ']'",
         "the list that `[` begins in line {line} lacks a `,` before this, or its `]`"),
        ("flow mapping.*expected ',' or '}'",
         "the mapping that `{{` begins in line {line} lacks a `,` before this, or its `}}`"),
        ("flow node", "a value is missing here: behind `[`, `{{` or `,`"),
        ("block mapping.*expected <block end>.*'-'",
         "a `-` begins a list among the lines `name: value` from line {line} on: indent it below its name"),
        ("block mapping.*expected <block end>",
         "this does not fit what began in line {line}: lines `name: value` of one mapping are indented alike"),
        ("block collection.*expected <block end>",
         "this is no part of the list from line {line} on: each element begins with `-`, all indented alike"),
        ("block scalar", "behind the `|` or `>` of line {line} no text stands, and the lines below are indented"),
        ("mapping values are not allowed",
         "a `:` stands where none may: quote text with `: `, and indent keys of one mapping alike"),
        ("sequence entries are not allowed", "a `-` stands where no list may begin: it belongs on its own line"),
        ("could not find expected ':'", "a `:` is missing in line {line}: lines of a mapping are `name: value`"),
        ("quoted scalar",
         "the quote that begins in line {line} is not closed, or a `\\` in it escapes nothing"),
        ("scanning an (alias|anchor)", "behind `*` and `&` there is a name of letters and digits; quote others"),
        ("character '(?P<character>[^']+|')' that cannot start",
         "no value may begin with `{character}` without quotes"),
        ("(tag|%)", "a tag (`!...`) or a directive (`%...`) is not well-formed"),
        ("document start", "more follows after the file's end here: a second document begins with `---`"),
    )
)  # fmt: skip


def in_plain_words(error: yaml.MarkedYAMLError) -> str:
    """The meaning of an error, with the line where what is wrong began."""
    said = f"{error.context or ''} {error.problem or ''}"
    mark = error.context_mark or error.problem_mark
    line = mark.line + 1 if mark is not None else 1
    for pattern, meaning in _MEANINGS:
        if found := pattern.search(said):
            return meaning.format(line=line, **found.groupdict())
    return f"it cannot be read as YAML ({said.strip()})"

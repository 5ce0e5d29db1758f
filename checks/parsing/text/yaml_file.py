"""Read YAML from a submission: answers files and Compose files.

PyYAML's parser yields events, and we build the tree ourselves: PyYAML's composer expands aliases without limit,
recurses without limit, and silently lets the last of two equal keys win. Two more differences from PyYAML:

- Tabs. YAML allows a tab wherever blanks only separate; PyYAML skips only spaces. With PyYAML, an invisible tab
  after a value or before a comment would break a file that Compose reads.
- Messages. The parser's errors are reworded for people who write YAML.
"""

import bisect
import codecs
import re
from collections.abc import Iterator

import yaml

from checks.parsing.text.problems import ParseError
from checks.parsing.text.yaml_node import YamlNode
from checks.parsing.text.yaml_tree import TreeBuilder

MAX_BYTES = 256 * 1024  # PyYAML reads some 100 KiB a second
_BREAK = re.compile(r"\r\n|\r|\n")
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def parse_yaml(data: bytes, file: str, *, allow_aliases: bool = True) -> YamlNode:
    """Parse a file with one document, which must be a mapping. Raises only `ParseError`.

    `file` is its name for messages. Without `allow_aliases`, the first `*alias` is refused; with it, the
    expanded aliases count against `yaml_tree.MAX_NODES`.
    """
    builder = TreeBuilder(_events(_decoded(data), TabLoader), allow_aliases=allow_aliases, local_tags=False)
    return _top(YamlNode(file, "", builder.document()))


def parse_documents(data: bytes, file: str) -> tuple[YamlNode, ...]:
    """Parse all documents of a file, at least one, each a mapping; accept aliases and local tags (`!reset`)."""
    builder = TreeBuilder(_events(_decoded(data), GoLoader), allow_aliases=True, local_tags=True)
    return tuple(_top(YamlNode(file, "", tree)) for tree in builder.documents())


def _top(node: YamlNode) -> YamlNode:
    if not node.is_mapping:
        what = "it is empty" if node.kind == "empty" else f"it is {node.kind}"
        raise ParseError(f"it should be a mapping (`name: value` on each line), but {what}", node.line)
    return node


def _decoded(data: bytes) -> str:
    """Decode UTF-8, or UTF-16 with the byte-order mark that editors on Windows write."""
    if len(data) > MAX_BYTES:
        raise ParseError(f"it is larger than {MAX_BYTES} bytes, the most that is read of a YAML file")
    encoding = _UTF16.get(data[:2], "utf-8")
    if encoding == "utf-8" and b"\0" in data[:4]:
        raise ParseError("it is UTF-16 or UTF-32; save it as UTF-8")
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = len(_BREAK.findall(data[: error.start].decode(encoding, "replace"))) + 1
        raise ParseError("it is not UTF-8 here; save it as UTF-8", line) from None


def _events(text: str, loader: type[yaml.SafeLoader]) -> Iterator[tuple[yaml.Event, int]]:
    """Yield each event with its 1-based line, counted here as PyYAML breaks lines at U+2028 and U+0085 too."""
    starts = [0, *(match.end() for match in _BREAK.finditer(text))]
    index = 0
    try:
        # The pure Python loader, so that a message is the same on a machine without libyaml.
        for event in yaml.parse(text, Loader=loader):
            index = event.start_mark.index if event.start_mark is not None else index
            yield event, bisect.bisect_right(starts, index)
    except yaml.YAMLError as error:
        problem, at = _problem(error, text, index)
        raise ParseError(problem, bisect.bisect_right(starts, at)) from None
    except (ValueError, OverflowError) as error:  # raised for `\UFFFFFFFF` and for long version numbers
        why = f"it cannot be read as YAML after this line ({error})"
        raise ParseError(why, bisect.bisect_right(starts, index)) from None


def _problem(error: yaml.YAMLError, text: str, index: int) -> tuple[str, int]:
    """Return the message and the character's index; `index` if the error has no position."""
    if isinstance(error, yaml.reader.ReaderError):
        return f"the character U+{ord(text[error.position]):04X} may not stand in YAML", error.position
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return f"it cannot be read as YAML ({error})", index
    if text[mark.index : mark.index + 1] == "\t":
        return "a tab where only spaces may stand", mark.index
    return in_plain_words(error), mark.index


_BLANKS = re.compile(r"[ \t]+")
_LOOKAHEAD = 1_000  # blanks in a row; real files have fewer


class TabLoader(yaml.SafeLoader):
    """`yaml.SafeLoader` that also accepts tabs as separators, but not as indentation."""

    def scan_to_next_token(self) -> None:
        """Skip blanks, comments and line ends."""
        super().scan_to_next_token()
        while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
            self.forward()
            super().scan_to_next_token()

    def scan_plain_spaces(self, indent: int, start_mark: yaml.Mark) -> list[str]:
        """Return the blanks inside a plain scalar; drop those at its end."""
        blanks = _BLANKS.match(self.prefix(_LOOKAHEAD))
        if blanks is None or "\t" not in blanks.group():
            return super().scan_plain_spaces(indent, start_mark) or []
        self.forward(blanks.end())
        if self.peek() in "\0\r\n\x85\u2028\u2029":
            return super().scan_plain_spaces(indent, start_mark) or []
        return [blanks.group()]


class GoLoader(TabLoader):
    """The same as go-yaml reads it, which Compose uses: in `{a:[b]}` the colon belongs to the text `a:`."""

    def scan_plain(self) -> yaml.ScalarToken:
        """Return text without quotes; refuse a colon that a bracket follows."""
        token = super().scan_plain()
        if self.flow_level and self.peek() == ":" and self.peek(1) in "[{":
            problem = "found ':' before a bracket"
            raise yaml.scanner.ScannerError("while scanning text", token.start_mark, problem, self.get_mark())
        return token


# Patterns for the parser's messages (context, then problem), and their meaning for the file's author.
_MEANINGS = tuple(
    (re.compile(pattern, re.DOTALL), meaning)
    for pattern, meaning in (
        ("flow sequence.*expected ',' or ']'",
         "the list that `[` begins in line {line} lacks a `,` before this, or its `]`"),
        ("flow mapping.*expected ',' or '}'",
         "the mapping that `{{` begins in line {line} lacks a `,` before this, or its `}}`"),
        ("block node.*found '(?P<character>[^<']+)'", "a value belongs here, and `{character}` begins none"),
        ("block node", "a value is missing here"),
        ("flow node", "a value is missing here: behind `[`, `{{` or `,`"),
        ("block mapping.*expected <block end>.*'-'",
         "a `-` begins a list among the lines `name: value` from line {line} on: indent it below its name"),
        ("block mapping.*expected <block end>",
         "this does not fit what began in line {line}: lines `name: value` of one mapping are indented alike"),
        ("block collection.*expected <block end>",
         "this is no part of the list from line {line} on: each element begins with `-`, all indented alike"),
        ("block scalar", "behind the `|` or `>` of line {line} no text stands, and the lines below are indented"),
        ("found ':' before a bracket", "a space is missing behind the `:`"),
        ("mapping values are not allowed",
         "a `:` stands where none may: quote text with `: `, and indent keys of one mapping alike"),
        ("sequence entries are not allowed", "a `-` stands where no list may begin: it belongs on its own line"),
        ("could not find expected ':'", "a `:` is missing in line {line}: lines of a mapping are `name: value`"),
        ("quoted scalar",
         "the quote that begins in line {line} is not closed, or a `\\` in it escapes nothing"),
        ("scanning an (alias|anchor)", "behind `*` and `&` there is a name of letters and digits; quote others"),
        ("character '(?P<character>[^']+|')' that cannot start",
         "no value may begin with `{character}` without quotes"),
        ("mapping keys are not allowed", "a `?` stands where no key may begin: quote text that begins with it"),
        ("(tag|%|directive)", "a tag (`!...`) or a directive (`%...`) is not well-formed"),
        ("document start", "more follows after the file's end here: a second document begins with `---`"),
    )
)  # fmt: skip


def in_plain_words(error: yaml.MarkedYAMLError) -> str:
    """Return the meaning of an error, with the line where the faulty construct begins."""
    said = f"{error.context or ''} {error.problem or ''}"
    mark = error.context_mark or error.problem_mark
    line = mark.line + 1 if mark is not None else 1
    for pattern, meaning in _MEANINGS:
        if found := pattern.search(said):
            return meaning.format(line=line, **found.groupdict())
    return f"it cannot be read as YAML ({said.strip()})"

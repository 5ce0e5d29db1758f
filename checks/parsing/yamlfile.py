"""Reads YAML that someone else wrote: answers files and Compose files.

PyYAML's parser turns the text into events, and the tree is built here, because its own composer expands
what it is told to, recurses as deep as it is told to, and lets the last of two equal keys win in silence.
"""

import bisect
import codecs
import re
from collections.abc import Iterator

import yaml

from checks.parsing.errors import ParseError
from checks.parsing.yamlloader import TabLoader
from checks.parsing.yamlnode import YamlNode
from checks.parsing.yamltree import TreeBuilder
from checks.parsing.yamlwords import in_plain_words

MAX_BYTES = 256 * 1024  # PyYAML reads some 100 KiB a second
_BREAK = re.compile(r"\r\n|\r|\n")
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def parse_yaml(data: bytes, file: str, *, allow_aliases: bool = True) -> YamlNode:
    """The one document of a file, whose top must be a mapping. Raises `ParseError`, and nothing else.

    `file` is its name for messages. Without `allow_aliases` the first `*alias` is refused; with them, what
    they stand for counts against `yamltree.MAX_NODES`.
    """
    builder = TreeBuilder(_events(_decoded(data)), allow_aliases=allow_aliases, local_tags=False)
    return _top(YamlNode(file, "", builder.document()))


def parse_documents(data: bytes, file: str) -> tuple[YamlNode, ...]:
    """All documents of a file, at least one, each a mapping; with aliases, and local tags are kept (`!reset`)."""
    builder = TreeBuilder(_events(_decoded(data)), allow_aliases=True, local_tags=True)
    return tuple(_top(YamlNode(file, "", tree)) for tree in builder.documents())


def _top(node: YamlNode) -> YamlNode:
    if not node.is_mapping:
        what = "it is empty" if node.kind == "empty" else f"it is {node.kind}"
        raise ParseError(f"it should be a mapping (`name: value` on each line), but {what}", node.line)
    return node


def _decoded(data: bytes) -> str:
    """Its text: UTF-8, or UTF-16 with the mark that editors on Windows put before it."""
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


def _events(text: str) -> Iterator[tuple[yaml.Event, int]]:
    """Each with its 1-based line. Counted here: PyYAML also takes U+2028 and U+0085 for line breaks."""
    starts = [0, *(match.end() for match in _BREAK.finditer(text))]
    index = 0
    try:
        # The pure Python loader, so that a message is the same on a machine without libyaml.
        for event in yaml.parse(text, Loader=TabLoader):
            index = event.start_mark.index if event.start_mark is not None else index
            yield event, bisect.bisect_right(starts, index)
    except yaml.YAMLError as error:
        problem, at = _problem(error, text, index)
        raise ParseError(problem, bisect.bisect_right(starts, at)) from None
    except (ValueError, OverflowError) as error:  # let out for `\UFFFFFFFF` and for long version numbers
        why = f"it cannot be read as YAML after this line ({error})"
        raise ParseError(why, bisect.bisect_right(starts, index)) from None


def _problem(error: yaml.YAMLError, text: str, index: int) -> tuple[str, int]:
    """What is wrong, and at which character; `index` when the error does not know."""
    if isinstance(error, yaml.reader.ReaderError):
        return f"the character U+{ord(text[error.position]):04X} may not stand in YAML", error.position
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return f"it cannot be read as YAML ({error})", index
    if text[mark.index : mark.index + 1] == "\t":
        return "a tab where only spaces may stand", mark.index
    return in_plain_words(error), mark.index

"""PyYAML's parser, which takes tabs where the programs take them that read the same file.

YAML lets a tab stand wherever blanks only separate. PyYAML skips spaces there and nothing else, so a tab that no
editor shows, behind a value or before a comment, made a file unreadable that Compose reads.
"""

import re

import yaml

_BLANKS = re.compile(r"[ \t]+")
_LOOKAHEAD = 1_000  # blanks in a row; there are never so many


class TabLoader(yaml.SafeLoader):
    """As `yaml.SafeLoader`; a tab still indents nothing."""

    def scan_to_next_token(self) -> None:
        """Skip blanks, comments and line ends."""
        super().scan_to_next_token()
        while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
            self.forward()
            super().scan_to_next_token()

    def scan_plain_spaces(self, indent: int, start_mark: yaml.Mark) -> list[str]:
        """The blanks inside of a value without quotes; those at its end are dropped."""
        blanks = _BLANKS.match(self.prefix(_LOOKAHEAD))
        if blanks is None or "\t" not in blanks.group():
            return super().scan_plain_spaces(indent, start_mark) or []
        self.forward(blanks.end())
        if self.peek() in "\0\r\n\x85\u2028\u2029":
            return super().scan_plain_spaces(indent, start_mark) or []
        return [blanks.group()]

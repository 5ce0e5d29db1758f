"""The one exception of this package."""


class ParseError(Exception):
    """The text cannot be read at all; `line` is 1-based (1 when the whole file is meant)."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line

"""A student's words on an instructor's screen: made visible and fenced, so that they can forge nothing.

The output of a build or a container is hostile: an escape sequence can repaint the verdict above it, a
bidi override can turn a line around, and a line that reads `PASSED` looks like one of ours.
"""

import unicodedata

LAST_LINES = 40  # lines of an output that are shown; errors stand at the end
LINE_CHARACTERS = 400  # of one line that are shown
FENCE = "    | "

_KEPT = frozenset("\n\t")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Letters by category, blank on every screen: the Hangul fillers and the empty Braille cell.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


class _Escapes(dict[int, str]):
    """For `str.translate`. Remembers nothing: a hostile text must not fill it with a million entries."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        return _escape(code) if _is_hidden(character) else character


def sanitize(text: str | bytes) -> str:
    r"""The same text with everything that a terminal would obey or hide spelled out as `\x1b`, `\u202e`.

    Newlines and tabs stay. CRLF is one newline, and so is a lone CR: every state of a progress bar has a
    line of its own, since a terminal would let the last state hide what came before it. Bytes are read as
    UTF-8; those that are not show as `\xff`.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", errors="backslashreplace")
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_Escapes())


def sanitize_line(text: str | bytes) -> str:
    r"""As `sanitize`, on one line, for a name inside a sentence of ours: `\n`, `\t` and `\xa0` are spelled out too.

    Whoever reads that a file is missing must see that its name has another blank than the one on the keyboard.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", errors="backslashreplace")
    shown = "".join(
        c if c.isprintable() and not _is_hidden(c) else _escape(ord(c)) for c in text[:LINE_CHARACTERS]
    )
    return shown + _note_of_rest(len(text))


def fenced(text: str | bytes, last: int = LAST_LINES) -> str:
    """The last `last` lines, visible, each behind the fence; what is left out is counted, never silent."""
    lines = sanitize(text).rstrip("\n").split("\n")
    left_out = max(0, len(lines) - last)
    shown = [_fenced(line) for line in lines[left_out:]]
    if left_out:
        noun = "line" if left_out == 1 else "lines"
        shown.insert(0, f"{FENCE}({left_out} earlier {noun} left out)")
    elif lines == [""]:
        return f"{FENCE}(no output)"
    return "\n".join(shown)


def shortened(text: str, length: int = 60) -> str:
    """Return the text on one line for a message; what was cut is said with an ellipsis."""
    line = " ".join(text[: 4 * length].split())
    return line if len(line) <= length and len(text) <= 4 * length else line[: length - 1] + "…"


def _fenced(line: str) -> str:
    return (FENCE + line[:LINE_CHARACTERS] + _note_of_rest(len(line))).rstrip()


def _note_of_rest(length: int) -> str:
    rest = length - LINE_CHARACTERS
    return f" ({rest} more characters left out)" if rest > 0 else ""


def _is_hidden(character: str) -> bool:
    if character in _KEPT:
        return False
    return unicodedata.category(character) in _HIDDEN_CATEGORIES or character in _BLANK_LETTERS


def _escape(code: int) -> str:
    if code <= 0xFF:  # noqa: PLR2004 - the forms of Python's own string literals
        return {0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}.get(code, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004

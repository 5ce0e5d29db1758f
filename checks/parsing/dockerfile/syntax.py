"""Split the text after a keyword as BuildKit does: flags, words, and pairs of name and value."""

import re
from functools import lru_cache

from checks.parsing.text.decoding import SPACE
from checks.parsing.text.problems import Refused
from checks.sanitize import shortened

_BLANK = re.compile(r"[\t\v\f\r ]+")  # separates words where quotes have no meaning
_FLAG = re.compile(
    rf"""--(?:\\.|"(?:\\.|[^"\\])*+(?:"|\\?\Z)|'(?:\\.|[^'\\])*+(?:'|\\?\Z)|[^{SPACE}"'\\])*+""", re.DOTALL
)
_FLAG_PIECE = re.compile(r"""\\(.)|(["'])((?:\\.|(?!\2).)*)(?:\2|\Z)|([^"'\\]+)""", re.DOTALL)
_UNESCAPE = re.compile(r"\\(.)", re.DOTALL)


def split_flags(text: str) -> tuple[tuple[tuple[str, str | None], ...], str]:
    """Return the flags (`--name=value ...`) and the arguments; a flag without `=` has the value None."""
    flags: list[tuple[str, str | None]] = []
    at = 0
    while match := _FLAG.match(text, at):
        at = match.end()
        at += len(text[at : at + 1] or "") if text[at : at + 1] == "\\" else 0
        flag = _FLAG_PIECE.sub(_unquoted, match.group()[2:])
        if flag:
            name, equals, value = flag.partition("=")
            flags.append((name, value if equals else None))
        behind = _BLANK.match(text, at) or re.compile(f"[{SPACE}]+").match(text, at)
        at = behind.end() if behind else at
        if not flag or behind is None:
            break
    return tuple(flags), text[at:].strip(SPACE)


def _unquoted(piece: re.Match[str]) -> str:
    escaped, _, quoted, plain = piece.groups()
    if quoted is not None:
        return _UNESCAPE.sub(r"\1", quoted)
    return escaped or plain or ""


def blank_separated(text: str) -> tuple[str, ...]:
    """Return the words between blanks; quotes have no meaning."""
    return tuple(word for word in _BLANK.split(text) if word)


@lru_cache
def _word(escape: str) -> re.Pattern[str]:
    e = re.escape(escape)
    return re.compile(
        rf"""(?:{e}.|{e}\Z|"(?:{e}.|[^"{e}])*+(?:"|{e}?\Z)|'[^']*+(?:'|\Z)|[^{SPACE}"'{e}])++""", re.DOTALL
    )


def quoted_words(text: str, escape: str) -> tuple[str, ...]:
    """Return the words between spaces that are neither quoted nor escaped; keep quotes and escapes."""
    return tuple(match.group() for match in _word(escape).finditer(text))


def pairs(text: str, escape: str, keyword: str) -> tuple[tuple[str, str], ...]:
    """Parse `name=value ...`, or the old form `name value with spaces`. Raises Refused."""
    words = quoted_words(text, escape)
    if not words:
        raise Refused(f"{keyword} requires at least one argument")
    if "=" not in words[0]:
        name, *rest = _BLANK.split(text, maxsplit=1)
        if not rest:
            raise Refused(f"{keyword} must have two arguments: `{keyword} {name}=value`")
        return ((name, rest[0]),)
    return tuple(_pair(word, keyword) for word in words)


def _pair(word: str, keyword: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals:
        raise Refused(f"{keyword} expects name=value, and `{shortened(word)}` has no `=`")
    if not name:
        raise Refused(f"{keyword} has a value without a name: `{shortened(word)}`")
    return name, value

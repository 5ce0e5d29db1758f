"""Accidents that happen to a text: how `make fuzz` garbles the recorded files."""

from collections.abc import Callable, Iterator, Sequence

from hypothesis import strategies as st

Accident = Callable[[st.DrawFn, str, Sequence[str]], str]
MOST = 4_000  # characters of one text
PIECES = (*"'\"\\$}=,:#[]\t \r0é\x1c", "${", "<<E", "--")


@st.composite
def mutated(draw: st.DrawFn, texts: Sequence[str], accidents: Sequence[Accident]) -> str:
    """One of the files after one to three accidents."""
    text = draw(st.sampled_from(texts))
    for accident in draw(st.lists(st.sampled_from(accidents), min_size=1, max_size=3)):
        text = accident(draw, text, texts)[:MOST]
    return text


def without_lines(text: str) -> Iterator[str]:
    """The same without one of its lines."""
    lines = text.split("\n")
    for number in range(len(lines)):
        yield "\n".join(lines[:number] + lines[number + 1 :])


def _splice(draw: st.DrawFn, text: str, texts: Sequence[str]) -> str:
    """A line of another file comes in."""
    lines, others = text.splitlines(), draw(st.sampled_from(texts)).splitlines() or [""]
    lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(others)))
    return "\n".join(lines)


def _without_a_line(draw: st.DrawFn, text: str, _texts: Sequence[str]) -> str:
    lines = text.splitlines() or [""]
    del lines[draw(st.integers(0, len(lines) - 1))]
    return "\n".join(lines)


def _twice_a_line(draw: st.DrawFn, text: str, _texts: Sequence[str]) -> str:
    lines = text.splitlines() or [""]
    lines.append(draw(st.sampled_from(lines)))
    return "\n".join(lines)


def _another_word(draw: st.DrawFn, text: str, texts: Sequence[str]) -> str:
    """A word of another file takes the place of one."""
    words, others = text.split(" "), draw(st.sampled_from(texts)).split()
    words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(others or [""]))
    return " ".join(words)


def _cut(draw: st.DrawFn, text: str, _texts: Sequence[str]) -> str:
    begin: int = draw(st.integers(0, len(text)))
    return text[:begin] + text[begin + draw(st.integers(1, 8)) :]


def _insert(draw: st.DrawFn, text: str, _texts: Sequence[str]) -> str:
    at: int = draw(st.integers(0, len(text)))
    piece: str = draw(st.sampled_from(PIECES))
    return text[:at] + piece + text[at:]


OF_TEXT: Sequence[Accident] = (_splice, _without_a_line, _twice_a_line, _another_word, _cut, _insert)

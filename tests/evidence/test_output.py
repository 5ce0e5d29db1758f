import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from checks.sanitize import LINE_CHARACTERS, fenced, sanitize, sanitize_line

FORBIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_what_a_terminal_would_obey_is_spelled_out() -> None:
    assert sanitize("\x1b[31mred\x07\x9b2J") == r"\x1b[31mred\x07\x9b2J"


def test_what_a_reader_would_not_see_is_spelled_out() -> None:
    assert sanitize("a\u202eb\u200bc\u2066d\ufeffe\U000e0041f\u3164") == (
        r"a\u202eb\u200bc\u2066d\ufeffe\U000e0041f\u3164"
    )


def test_newlines_tabs_and_letters_of_every_script_stay() -> None:
    assert sanitize("é\t日本\n🙂 ok\r\n") == "é\t日本\n🙂 ok\n"


def test_every_state_of_a_progress_bar_has_its_line() -> None:
    assert sanitize("hidden\rPASSED\n") == "hidden\nPASSED\n"


def test_bytes_that_are_no_utf_8_are_spelled_out() -> None:
    assert sanitize(b"a\xff\x00b") == r"a\xff\x00b"


def test_a_name_stays_on_one_line() -> None:
    assert sanitize_line("a\nb\tc\r\x1b") == r"a\nb\tc\r\x1b"
    assert sanitize_line("app\xa0a b\u3000c é日🙂") == r"app\xa0a b\u3000c é日🙂"
    assert f"{1000 - LINE_CHARACTERS} more" in sanitize_line("x" * 1000)


def test_every_line_is_behind_the_fence_and_none_is_lost_in_silence() -> None:
    assert fenced("one\n\ntwo\n") == "    | one\n    |\n    | two"
    assert fenced("a\nb\nc\nd", last=2) == "    | (2 earlier lines left out)\n    | c\n    | d"
    assert fenced("a\nb", last=1) == "    | (1 earlier line left out)\n    | b"
    assert fenced("") == "    | (no output)"


def test_a_line_that_is_too_long_says_how_much_of_it_is_missing() -> None:
    assert (
        fenced("x" * (LINE_CHARACTERS + 7)) == f"    | {'x' * LINE_CHARACTERS} (7 more characters left out)"
    )
    assert fenced("x" * LINE_CHARACTERS) == f"    | {'x' * LINE_CHARACTERS}"


@given(st.text() | st.binary())
def test_nothing_of_any_text_can_move_the_cursor_or_hide(text: str | bytes) -> None:
    for shown in (sanitize(text), sanitize_line(text), fenced(text)):
        assert all(c in "\n\t" or unicodedata.category(c) not in FORBIDDEN for c in shown)
    assert all(line.startswith("    |") for line in fenced(text).split("\n"))
    assert sanitize_line(text).isprintable()

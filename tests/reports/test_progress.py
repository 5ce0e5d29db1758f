"""Progress: on standard error alone, whole lines in a log, one line that vanishes on a terminal."""

import io
import threading

import pytest

from checks.reports.progress import Progress
from checks.reports.progress_lines import PlainLines
from checks.reports.progress_live import LiveLine
from checks.reports.step import Step


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def terminal_with_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


def _first_words(text: str) -> list[str]:
    return [line.partition(" ...")[0] for line in text.splitlines()]


def test_a_log_has_a_line_for_each_begin_and_end() -> None:
    log = io.StringIO()
    progress = Progress.on(log)
    with progress.step("grades ada"):
        progress.note("a stand-in")
        with progress.step("builds"):
            pass
    assert _first_words(log.getvalue()) == ["grades ada", "a stand-in", "builds", "builds", "grades ada"]
    assert log.getvalue().endswith("grades ada ... 0 s\n")
    assert "\x1b" not in log.getvalue()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_what_is_raised_goes_on_and_everything_is_let_go(
    error: type[BaseException], stream: type[io.StringIO]
) -> None:
    shown = stream()
    progress = Progress.on(shown)
    with pytest.raises(error), progress.step("grades"), progress.step("builds"):
        raise error
    for thread in threading.enumerate():
        if thread.name == "progress":
            thread.join(timeout=60)
            assert not thread.is_alive()
    if stream is Terminal:
        assert shown.getvalue().rfind("\x1b[?25h") > shown.getvalue().rfind(
            "\x1b[?25l"
        )  # DECTCEM: the cursor
    else:
        assert "builds ... stopped after 0 s" in shown.getvalue()


def test_a_log_hears_of_what_takes_long() -> None:
    alive = threading.Event()

    class Log(io.StringIO):
        def write(self, text: str) -> int:
            if "so far" in text:
                alive.set()
            return super().write(text)

    with Progress(PlainLines(Log(), every=0.001)).step("builds"):
        assert alive.wait(timeout=60)


def test_a_terminal_has_one_line_with_what_is_done() -> None:
    terminal = Terminal()
    with Progress.on(terminal).step("grades [red]ada[/red]"):
        pass
    assert "grades [red]ada[/red]" in terminal.getvalue()


@pytest.mark.parametrize("name", ["NO_COLOR", "TERM"])
def test_a_terminal_that_wants_no_codes_gets_lines(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "dumb")
    terminal = Terminal()
    with Progress.on(terminal).step("builds"):
        pass
    assert "\x1b" not in terminal.getvalue()


def test_the_live_line_shows_its_thread_and_counts_the_others() -> None:
    line = LiveLine(io.StringIO())
    line.begin((Step("grades ada", thread=1), Step("grades bob", thread=2), Step("builds", thread=2)))
    text = line.__rich__().plain
    assert "grades bob > builds" in text
    assert "and 1 more" in text
    assert "ada" not in text
    line.end(Step("builds"), (), "0 s")


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_steps_of_many_threads_end_together(stream: type[io.StringIO]) -> None:
    shown = stream()
    progress = Progress.on(shown)

    def work() -> None:
        for _ in range(20):
            with progress.step("builds"):
                progress.note("on it")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if stream is Terminal:
        assert shown.getvalue().rfind("\x1b[?25h") > shown.getvalue().rfind("\x1b[?25l")
    else:
        lines = shown.getvalue().splitlines()
        assert lines.count("builds ...") == lines.count("on it") == 160
        assert len(lines) == 3 * 160


def test_standard_output_is_never_touched(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress.on().step("builds"):
        pass
    assert capsys.readouterr().out == ""


def test_a_reader_that_has_gone_stops_nothing() -> None:
    log = io.StringIO()
    progress = Progress.on(log)
    with progress.step("builds"):
        log.close()


def test_hostile_names_are_one_printable_line() -> None:
    log = io.StringIO()
    with Progress.on(log).step("grades a\x1b[2J\nb\u202ec"):
        pass
    assert len(log.getvalue().splitlines()) == 2
    assert log.getvalue().replace("\n", "").isprintable()


def test_silence_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress.silent()
    with progress.step("builds"):
        progress.note("unheard")
    assert capsys.readouterr() == ("", "")


def test_a_log_hears_how_far_a_step_has_come() -> None:
    heard = threading.Event()

    class Log(io.StringIO):
        def write(self, text: str) -> int:
            if "so far, layer 3\\x1b[2J" in text:
                heard.set()
            return super().write(text)

    with Progress(PlainLines(Log(), every=0.001)).step("builds") as say:
        say("layer 3\x1b[2J")
        assert heard.wait(timeout=60)


def test_silence_can_be_told_things() -> None:
    with Progress.silent().step("builds") as say:
        say("layer 3")


def test_a_live_line_says_only_what_goes_on() -> None:
    line = LiveLine(io.StringIO())
    outer, inner = Step("grades"), Step("builds")
    line.begin((outer,))
    line.begin((outer, inner))
    line.say(inner, "layer 3")
    assert "grades > builds (layer 3)" in line.__rich__().plain
    line.end(inner, (outer,), "0 s")
    assert "layer 3" not in line.__rich__().plain
    line.end(outer, (), "0 s")


@pytest.mark.parametrize("display", [LiveLine, PlainLines])
def test_an_encoding_without_the_signs_is_served(display: type[LiveLine] | type[PlainLines]) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    with Progress(display(stream)).step("grades 你好") as say:
        say("ü")
        Progress(display(stream)).note("é")
    stream.seek(0)
    assert "\\xe9" in stream.read()

"""What a student sees in a real terminal: programs run behind a pseudo-terminal, and their screens are read."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from checks.engine import Engine
from checks.lab import Lab
from checks.workbench import Workbench
from checks.workbench import external_tools as opinions
from checks.workbench.context import terminal_variables
from checks.workbench.images import build
from tests.terminal import CONTROL_C, SECONDS, Terminal, terminal
from tests.workbench.conftest import answer

CODE = """\
import pathlib, sys
from checks.lab import load_lab
from checks.interruption import heed_signals
from checks import workbench
heed_signals()
verb, folder = sys.argv[1:]
sys.exit(getattr(workbench, verb)(workbench.Workbench(load_lab("Tiny", pathlib.Path(folder)))))
"""


@contextmanager
def _terminal(verb: str, lab: Lab) -> Iterator[Terminal]:
    """One verb of the workbench, as `make` starts it in a terminal."""
    with terminal("-c", CODE, verb, str(lab.folder.parent)) as shown:
        yield shown


@pytest.mark.parametrize("keys", [b"q", CONTROL_C], ids=["q", "Ctrl-C"])
def test_dive_draws_its_screen(lab: Lab, keys: bytes) -> None:
    if not (opinions.TOOLS / "dive").exists():
        pytest.skip("dive is not here: `make tools` brings it")
    assert build(Workbench(lab)) == 0
    with _terminal("dive", lab) as shown:
        before = shown.settings
        shown.wait_for("Layers", "Current Layer Contents", "Image efficiency score", lab.image.tag)
        assert shown.settings != before
        shown.press(keys)
        assert shown.end() == 0
        assert shown.settings == before
        assert "Traceback" not in shown.screen


def test_run_ends_with_control_c(lab: Lab, engine: Engine) -> None:
    assert build(Workbench(lab)) == 0
    with _terminal("run", lab) as shown:
        before = shown.settings
        shown.wait_for(f"http://localhost:{lab.port:g} (Ctrl-C ends it)", "Serving HTTP on")
        assert answer(lab.port) == 200  # it has said so before it is ready for a Ctrl-C
        shown.press(CONTROL_C)
        assert shown.end() == 0
        assert shown.settings == before
        assert "Traceback" not in shown.screen
    assert _gone(engine, lab.image.tag)


def _gone(engine: Engine, tag: str) -> bool:
    """Whether no container of the image is left; the engine removes it a moment after its client has ended."""
    deadline = time.monotonic() + SECONDS
    while engine.client.api.containers(all=True, filters={"ancestor": tag}):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_only_what_is_about_the_terminal_is_handed_on() -> None:
    about = {
        "TERM": "xterm",
        "COLORTERM": "truecolor",
        "LANG": "de_DE.UTF-8",
        "LC_TIME": "C",
        "COLUMNS": "80",
    }
    others = {
        "PATH": "/bin",
        "DOCKER_HOST": "tcp://x",
        "API_KEY": "secret",
        "LD_PRELOAD": "x",
        "TERMINAL": "x",
    }
    assert terminal_variables({**about, **others}) == about

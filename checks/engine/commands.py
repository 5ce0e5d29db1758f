"""Run one program to its end, with a time limit, and tell a failure as an EngineError."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from checks.engine.errors import EngineError

TIME_LIMIT_S: Final = 600.0


def run(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    time_limit_s: float = TIME_LIMIT_S,
    stdin: bytes | None = None,
    directory: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `command` (no shell) in `directory`; raise EngineError unless it succeeds in time."""
    completed = attempt(
        command, environment=environment, time_limit_s=time_limit_s, stdin=stdin, directory=directory
    )
    if completed.returncode:
        output = completed.stdout + completed.stderr
        raise EngineError([str(word) for word in command], completed.returncode, output)
    return completed


def attempt(  # noqa: PLR0913 - a program has this many sides
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    time_limit_s: float = TIME_LIMIT_S,
    stdin: bytes | None = None,
    directory: Path | None = None,
    program: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """As `run`, but hand back a failing exit code; only a program that cannot run at all raises.

    `program` is the file to run where the first word is to be another name, for those who pass it on.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            executable=program,
            cwd=directory,
            env=None if environment is None else dict(environment),
            input=b"" if stdin is None else stdin,
            capture_output=True,
            timeout=time_limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EngineError(words, -1, f"it was stopped after {time_limit_s:g} s") from error
    except OSError as error:
        raise EngineError(words, -1, str(error)) from error
    # Programs print what they like; undecodable bytes are shown, never fatal.
    out, err = (stream.decode("utf-8", "backslashreplace") for stream in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(words, done.returncode, out, err)

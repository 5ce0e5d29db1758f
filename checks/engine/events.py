"""What a build said while it ran, read from BuildKit's own progress events.

The events are those of `docker buildx build --progress=rawjson` (buildx 0.13 and newer, some of which indent
them): JSON objects with `vertexes` (a step: digest, name, started, completed, error) and `logs` (base64
output of a step). Behind the last one, a build that failed says why in plain text: `Dockerfile:3` on a line
of its own, an excerpt, and `ERROR: ...`. A student's output comes inside the events alone, so that it can
forge neither, and it is never read for a verdict: that is the exit code's.
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from checks.engine.refusals import sounds_broken

_STEP = re.compile(r"^\[(?:\S+ +)?\d+/\d+\] ")  # "[2/9] RUN ...", "[builder 2/9] ...", "[stage-1 2/9] ..."
_PLACE = re.compile(r"^[^:\n]+:(\d+)$")
_ERROR = re.compile(r"^ERROR: (?:failed to (?:build|solve|receive status): )*")
# A COPY of what does not exist, told in terms of BuildKit's cache and of ids that are new every time.
_MISSING = re.compile(
    r'failed to compute cache key: (?:failed to calculate checksum of ref \S+: )?(".*"): not found'
)


class BuildFailed(Exception):  # noqa: N818 - the student's build failed; nothing of ours is broken
    """The build ended with an error: `line` and `step` tell where, `output` what that step said."""

    def __init__(self, message: str, line: int | None, step: str, output: str) -> None:
        super().__init__(message)
        self.message, self.line, self.step, self.output = message, line, step, output


class NotStarted(BuildFailed):
    """By its output, which proves nothing, a step could not be started for reasons of the engine's."""


@dataclass(slots=True)
class Events:
    """What the progress events have told so far."""

    size: int = 0  # bytes of output, all steps together
    plain: list[str] = field(default_factory=list)
    _object: bytes = b""
    _names: dict[str, str] = field(default_factory=dict)
    _logs: dict[str, list[bytes]] = field(default_factory=dict)
    _errors: dict[str, str] = field(default_factory=dict)

    def feed(self, line: bytes) -> str | None:
        """Take in one line; returns the name of a step that has just started."""
        if not self._object and not line.startswith(b"{"):
            self.plain.append(line.decode(errors="replace"))
            return None
        self._object += line
        if not line.startswith((b"}", b"{")) or not line.rstrip().endswith(b"}"):
            return None
        event, self._object = json.loads(self._object), b""
        for log in event.get("logs") or ():
            data = base64.b64decode(log.get("data") or "")
            self.size += len(data)
            self._logs.setdefault(log["vertex"], []).append(data)
        return self._vertexes(event.get("vertexes") or ())

    def _vertexes(self, vertexes: Iterable[Mapping[str, Any]]) -> str | None:
        started = None
        for vertex in vertexes:
            self._names[vertex["digest"]] = vertex["name"]
            if vertex.get("error"):
                self._errors[vertex["digest"]] = vertex["error"]
            elif vertex.get("started") and not vertex.get("completed") and _STEP.match(vertex["name"]):
                started = str(vertex["name"])
        return started

    def failure(self) -> BuildFailed:
        """The step that failed, and what it said; a cancelled step is the victim of another one's failure."""
        culprit = min(self._errors, key=lambda digest: "canceled" in self._errors[digest], default="")
        output = b"".join(self._logs.get(culprit, ())).decode(errors="replace")
        message = next((_ERROR.sub("", text) for text in self.plain if text.startswith("ERROR: ")), "")
        message = _MISSING.sub(r"\1 is not there to be copied", message)
        line = next((int(match[1]) for text in self.plain if (match := _PLACE.match(text))), None)
        failed = NotStarted if sounds_broken(output) else BuildFailed
        return failed(message or "\n".join(self.plain), line, self._names.get(culprit, ""), output)

"""The progress events of a build: BuildKit's own account of its steps, their output and the failure.

`docker buildx build --progress=rawjson` prints the events (buildx 0.13 and newer; some versions indent them): JSON
objects with `vertexes` (a step: digest, name, started, completed, error) and `logs` (base64 output of a step).
After the last event, buildx prints the error of a failed build in plain text: `Dockerfile:3` on a line of its own,
an excerpt, and `ERROR: ...`. A student's output appears only inside events, so it can forge neither. Only the exit
code decides whether the build failed.
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
# BuildKit's message for a COPY of a missing file, with ids that differ in each build.
_MISSING = re.compile(
    r'failed to compute cache key: (?:failed to calculate checksum of ref \S+: )?(".*"): not found'
)


class BuildFailed(Exception):  # noqa: N818 - the student's build failed; nothing of ours is broken
    """The build failed at `line` of the Dockerfile, in `step`, which printed `output`."""

    def __init__(self, message: str, line: int | None, step: str, output: str) -> None:
        super().__init__(message)
        self.message, self.line, self.step, self.output = message, line, step, output


class NotStarted(BuildFailed):
    """The output says that a step could not start; a step may print the same text, so this proves nothing."""


@dataclass(slots=True)
class Events:
    """The progress events so far."""

    size: int = 0  # bytes of output, all steps together
    plain: list[str] = field(default_factory=list)
    _object: bytes = b""
    _names: dict[str, str] = field(default_factory=dict)
    _logs: dict[str, list[bytes]] = field(default_factory=dict)
    _errors: dict[str, str] = field(default_factory=dict)

    def feed(self, line: bytes) -> str | None:
        """Read one line; return the name of the step that it starts, if any."""
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
        """Return the failed step with its output; a cancelled step counts only if no other step failed."""
        culprit = min(self._errors, key=lambda digest: "canceled" in self._errors[digest], default="")
        output = b"".join(self._logs.get(culprit, ())).decode(errors="replace")
        message = next((_ERROR.sub("", text) for text in self.plain if text.startswith("ERROR: ")), "")
        message = _MISSING.sub(r"\1 is not there to be copied", message)
        line = next((int(match[1]) for text in self.plain if (match := _PLACE.match(text))), None)
        failed = NotStarted if sounds_broken(output) else BuildFailed
        return failed(message or "\n".join(self.plain), line, self._names.get(culprit, ""), output)

"""One HTTP answer of a student's service."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """Its status, and its body as far as the limits of the one who asked allowed."""

    status: int
    body: bytes

    @property
    def text(self) -> str:
        """The body, whatever its bytes."""
        return self.body.decode("utf-8", errors="replace")

    @property
    def content(self) -> Mapping[str, Any]:
        """The JSON object that the body is; empty when it is none."""
        try:
            content = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}

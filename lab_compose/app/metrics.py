"""What Prometheus is told, in its plain text format: one line a value, `name{label="..."} number`."""

from collections import Counter

PLAIN_TEXT = "text/plain; version=0.0.4"


class Metrics:
    """Counts answers by their status; who asks for the counts is not counted."""

    def __init__(self, greeting: str) -> None:
        self._greeting = greeting
        self._answers: Counter[int] = Counter()

    def count(self, status: int) -> None:
        """One more answer."""
        self._answers[status] += 1

    def text(self, model_version: str) -> str:
        """All of it; `model_version` is "" while there is no model."""
        lines = [
            "# HELP service_info What this service is.",
            "# TYPE service_info gauge",
            f'service_info{{greeting="{self._greeting}",model_version="{model_version}"}} 1',
            "# HELP service_answers_total Answers given, by HTTP status.",
            "# TYPE service_answers_total counter",
            *(f'service_answers_total{{status="{status}"}} {n}' for status, n in self._answers.items()),
        ]
        return "\n".join(lines) + "\n"

"""The messages for checks that were not judged: the student is not at fault, and what to do."""

import pytest

from checks.engine.errors import EngineError
from checks.grading.verdicts import Blocked, result_from
from checks.outcomes import CheckFailed, CheckResult, NotRun, Outcome
from checks.parsing.text.problems import ParseError

PLANNED = CheckResult(
    "builds", "It builds.", "container", Outcome.NOT_RUN, 0, 1, actual="not yet", help="not yet"
)


@pytest.mark.parametrize(
    ("error", "outcome", "said"),
    [
        (KeyError("x"), Outcome.ERROR, ("not yours", "pass these lines on")),
        (EngineError(["docker", "ps"], 1, "no"), Outcome.ERROR, ("not you", "Grade again")),
        (NotRun("no engine"), Outcome.NOT_RUN, ("no mistake of yours", "grade again")),
    ],
)
def test_a_fault_that_is_not_the_students(error: Exception, outcome: Outcome, said: tuple[str, ...]) -> None:
    result = result_from(PLANNED, error, 0.0, None, 1)
    assert result.outcome is outcome
    assert [word for word in said if word not in result.help] == []


@pytest.mark.parametrize("error", [None, Blocked("builds"), CheckFailed("this", "that")])
def test_a_verdict_has_no_such_words(error: Exception | None) -> None:
    assert result_from(PLANNED, error, 0.0, None, 1).help == ""


@pytest.mark.parametrize("error", [ParseError("no"), CheckFailed("a", "b", "Mend it.")])
def test_what_is_theirs_says_what_to_do(error: Exception) -> None:
    assert "Mend" in result_from(PLANNED, error, 0.0, "Dockerfile", 1).help

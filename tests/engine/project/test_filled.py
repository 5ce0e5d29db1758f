"""Names without a value get it only from the student's `.env`."""

from typing import Any

import pytest

from checks.engine.project.document import filled

VARIABLES = {"LEVEL": "info", "EMPTY": "", "PRICE": "5$ or ${6}"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["LEVEL"], ["LEVEL=info"]),
        (["LEVEL=own", "OTHER"], ["LEVEL=own", "OTHER"]),
        ({"LEVEL": None, "OTHER": None}, {"LEVEL": "info", "OTHER": None}),
        ({"LEVEL": ""}, {"LEVEL": ""}),
        (["EMPTY"], ["EMPTY="]),
        (["PRICE"], ["PRICE=5$$ or $${6}"]),
        ([1, None], [1, None]),
        ("text", "text"),
        (None, None),
    ],
)
def test_a_name_has_the_value_of_the_env_file(given: Any, expected: Any) -> None:
    made = filled({"services": {"a": {"environment": given, "build": {"args": given}}}}, VARIABLES.get)
    assert made["services"]["a"] == {"environment": expected, "build": {"args": expected}}


@pytest.mark.parametrize("document", [None, [], "x", {}, {"services": None}, {"services": {"a": None}}])
def test_what_is_no_file_is_left_as_it_is(document: Any) -> None:
    assert filled(document, VARIABLES.get) == document

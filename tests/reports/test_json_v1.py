"""The JSON report: what goes out comes back, and nothing wrong comes in."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.amendments import Lateness, Override
from checks.layer_result import LayerResult
from checks.outcomes import CheckResult, Course, EngineUsed, LabResult, Outcome, Report
from checks.reports import json_v1

POINTS = st.integers(0, 10**6)
CHECKS = st.builds(
    CheckResult,
    id=st.text(),
    title=st.text(),
    kind=st.sampled_from(["static", "container"]),
    outcome=st.sampled_from(Outcome),
    score=POINTS,
    max_score=POINTS,
    expected=st.text(),
    actual=st.text(),
    help=st.text(),
    file=st.none() | st.text(),
    line=st.none() | st.integers(min_value=1),
    seconds=st.floats(min_value=0, allow_infinity=False, allow_nan=False),
    blocked_by=st.none() | st.text(min_size=1),
    override=st.none() | st.builds(Override, POINTS, POINTS, st.text(), st.text(), st.text()),
)
LAYERS = st.builds(
    LayerResult, st.text(), st.none() | st.integers(min_value=1), POINTS, st.none() | st.booleans()
)
LATE = st.builds(Lateness, st.text(), st.text(), st.text(), POINTS, POINTS, st.text())
LABS = st.builds(
    LabResult,
    st.text(),
    st.text(),
    st.lists(CHECKS, max_size=4).map(tuple),
    st.none() | LATE,
    st.lists(LAYERS, max_size=4).map(tuple),
)
ENGINES = st.builds(
    EngineUsed,
    st.sampled_from(["host", "embedded", "none"]),
    st.text(),
    st.sampled_from(["genuine", "stand-in", "none"]),
    st.text(),
)
MOMENTS = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")
COURSES = st.none() | st.builds(Course, st.text(), st.text())
REPORTS = st.builds(
    Report, st.text(), MOMENTS, ENGINES, st.lists(LABS, max_size=3).map(tuple), COURSES, st.text()
)

SCHEMA = json.loads(Path(json_v1.__file__).with_name("report_v1.schema.json").read_text(encoding="utf-8"))


@given(REPORTS)
def test_a_report_comes_back_as_it_was(report: Report) -> None:
    assert json_v1.load(json_v1.dump(report)) == report


def test_keys_are_those_of_the_schema_in_its_order(mixed: Report) -> None:
    document = json.loads(json_v1.dump(mixed))
    levels = {
        "report": (document, SCHEMA),
        "engine": (document["engine"], SCHEMA["$defs"]["engine"]),
        "lab": (document["labs"][0], SCHEMA["$defs"]["lab"]),
        "check": (document["labs"][0]["checks"][0], SCHEMA["$defs"]["check"]),
        "layer": (document["labs"][0]["layers"][0], SCHEMA["$defs"]["layer"]),
    }
    for written, schema in levels.values():
        required, known = schema["required"], list(schema["properties"])
        assert list(written)[: len(required)] == required == known[: len(required)]
        assert set(written) <= set(known)
        assert schema["additionalProperties"] is False


def test_keys_that_are_not_required_are_those_of_the_schema(mixed: Report) -> None:
    document = json.loads(json_v1.dump(amended(mixed)))
    lab, definitions = document["labs"][0], SCHEMA["$defs"]
    levels = {
        "report": (document, SCHEMA),
        "course": (document["course"], definitions["course"]),
        "engine": (document["engine"], definitions["engine"]),
        "lab": (lab, definitions["lab"]),
        "late": (lab["late"], definitions["late"]),
        "check": (lab["checks"][0], definitions["check"]),
        "override": (lab["checks"][0]["override"], definitions["override"]),
    }
    for written, schema in levels.values():
        assert list(written) == list(schema["properties"])


def amended(report: Report) -> Report:
    """The report with everything that it may leave out."""
    (lab,) = report.labs
    override = Override(1, 0, "It is right after all.", "2026-11-24", "Grace")
    late = Lateness("2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z", "the roster", 1, 2, "ill")
    checks = (replace(lab.checks[0], blocked_by="builds", override=override), *lab.checks[1:])
    engine = replace(report.engine, store="overlay2")
    labs = (replace(lab, checks=checks, late=late),)
    course = Course("1.0", "sha256:a", "2026")
    return replace(report, engine=engine, labs=labs, course=course, digest="sha256:b")


def test_a_final_score_must_follow_from_the_rest(mixed: Report) -> None:
    text = json_v1.dump(amended(mixed))
    assert json_v1.load(text).final_score == 0
    with pytest.raises(ValueError, match="final_score"):
        json_v1.load(text.replace('"final_score": 0', '"final_score": 1'))


def test_schema_knows_every_outcome() -> None:
    outcomes = SCHEMA["$defs"]["check"]["properties"]["outcome"]["enum"]
    assert outcomes == [outcome.value for outcome in Outcome]


def test_totals_are_written_as_whole_numbers(mixed: Report) -> None:
    document = json.loads(json_v1.dump(mixed))
    assert (document["score"], document["max_score"], document["complete"]) == (1, 9, False)
    assert (document["labs"][0]["score"], document["labs"][0]["max_score"]) == (1, 9)


def test_hostile_text_is_plain_ascii_and_comes_back(hostile: Report) -> None:
    text = json_v1.dump(hostile)
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert json_v1.load(text) == hostile


def test_a_lone_surrogate_of_a_file_name_survives(mixed: Report) -> None:
    report = replace(mixed, submission="ad\udce9")
    assert json_v1.load(json_v1.dump(report)) == report


def test_a_report_without_labs_is_one(mixed: Report) -> None:
    report = replace(mixed, labs=())
    assert json_v1.load(json_v1.dump(report)) == report


def test_a_time_that_is_no_number_is_refused(mixed: Report, failed: CheckResult) -> None:
    endless = replace(mixed.labs[0], checks=(replace(failed, seconds=float("inf")),))
    with pytest.raises(ValueError, match="JSON"):
        json_v1.dump(replace(mixed, labs=(endless,)))


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("schema",), "checks/report/v2", "report.schema"),
        (("score",), 2, "report.score"),
        (("max_score",), 9.0, "report.max_score"),
        (("complete",), True, "report.complete"),
        (("complete",), 0, "report.complete"),
        (("submission",), None, "report.submission"),
        (("graded_at",), "2026-11-21T10:00:00+01:00", "report.graded_at"),
        (("graded_at",), "yesterday", "report.graded_at"),
        (("engine",), [], "report.engine"),
        (("engine", "kind"), "podman", "report.engine.kind"),
        (("labs",), {}, "report.labs"),
        (("labs", 0), "task1_layers", r"report.labs\[0\]"),
        (("labs", 0, "score"), 5, r"report.labs\[0\].score"),
        (("labs", 0, "checks", 1, "score"), True, r"checks\[1\].score"),
        (("labs", 0, "checks", 1, "score"), -1, r"checks\[1\].score"),
        (("labs", 0, "checks", 1, "outcome"), "passed", r"checks\[1\].outcome"),
        (("labs", 0, "checks", 1, "outcome"), [], r"checks\[1\].outcome"),
        (("labs", 0, "checks", 1, "line"), 0, r"checks\[1\].line"),
        (("labs", 0, "checks", 1, "file"), 3, r"checks\[1\].file"),
        (("labs", 0, "checks", 1, "seconds"), -0.5, r"checks\[1\].seconds"),
        (("labs", 0, "checks", 1, "seconds"), 10**400, r"checks\[1\].seconds"),
    ],
)
def test_a_wrong_value_is_named_by_its_place(
    mixed: Report, path: tuple[str | int, ...], value: Any, place: str
) -> None:
    document = json.loads(json_v1.dump(mixed))
    parent = document
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    with pytest.raises(ValueError, match=place):
        json_v1.load(json.dumps(document))


@pytest.mark.parametrize("key", SCHEMA["required"])
def test_a_missing_key_is_named(mixed: Report, key: str) -> None:
    document = json.loads(json_v1.dump(mixed))
    del document[key]
    with pytest.raises(ValueError, match=key):
        json_v1.load(json.dumps(document))


def test_an_unknown_key_is_named(mixed: Report) -> None:
    document = json.loads(json_v1.dump(mixed)) | {"grade": "A"}
    with pytest.raises(ValueError, match="grade"):
        json_v1.load(json.dumps(document))


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "[" * 100_000, "{", '{"a": NaN}', '{"a": 1, "a": 1}', "1" * 5000, "\ufeff{}"]
)
def test_what_is_no_report_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_v1.load(text)


def test_a_report_without_layers_is_read(mixed: Report) -> None:
    document = json.loads(json_v1.dump(mixed))
    del document["labs"][0]["layers"]
    assert json_v1.load(json.dumps(document)).labs[0].layers == ()

"""Assertions about a production image: honest images and answers pass, look-alikes fail and are told why."""

import json
import math
from collections.abc import Mapping
from typing import Any

import pytest

from checks.evidence.image.contents import BUILD_TOOLS, leftovers
from checks.evidence.image.image import Image
from checks.evidence.image.image_config import ImageConfig, image_config
from checks.evidence.image.layers import Contents, Layer
from checks.evidence.service.classifier import Classifier
from checks.evidence.service.health import Probe
from checks.evidence.service.service import Answer
from checks.evidence.service.stop import Stop
from checks.expect import classification, image_health
from checks.expect.images import sets_variables
from checks.expect.publishing import published_twice
from checks.expect.sizes import lighter
from checks.expect.stages import labelled, labelled_with_each
from checks.expect.stopping import stopped_in_time
from checks.outcomes import CheckFailed

SECOND = 10**9
MODEL = Classifier(("a", "b"), ("x", "y"), ((1.0, 0.0), (0.0, 1.0)), (0.0, 0.0))


def config(**settings: Any) -> ImageConfig:
    return image_config({"config": settings})


def image(**settings: Any) -> Image:
    return Image("sha256:0", config(**settings), (), (), (), 0, 1.0, ())


def answer(content: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(content).encode())


@pytest.mark.parametrize(
    "labels",
    [{"title": "Irises"}, {"description": "Irises"}, {"title": "", "description": "Irises"}],
)
def test_one_label_of_a_group_is_enough(labels: Mapping[str, str]) -> None:
    labelled_with_each(image(Labels=labels), [("title", "description")])


@pytest.mark.parametrize("labels", [None, {"title": " "}, {"Title": "Irises"}, {"maintainer": "me"}])
def test_a_label_that_says_nothing_is_none(labels: Mapping[str, str] | None) -> None:
    with pytest.raises(CheckFailed, match="`title` or `description`"):
        labelled_with_each(image(Labels=labels), [("title", "description")])


@pytest.mark.parametrize("version", ["1.0.0", "$VERSION", "", "3.2.10"])
def test_the_version_of_another_build_is_not_that_of_this_one(version: str) -> None:
    labelled(image(Labels={"version": "3.2.1"}), {"version": "3.2.1"})
    with pytest.raises(CheckFailed, match=r"3\.2\.1"):
        labelled(image(Labels={"version": version}), {"version": "3.2.1"})


@pytest.mark.parametrize("env", [["A=1"], ["A=x", "B="], ["A=0"]])
def test_a_variable_counts_whatever_it_says(env: list[str]) -> None:
    sets_variables(image(Env=env), ["A"])


@pytest.mark.parametrize("env", [None, [], ["A="], ["AA=1"], ["a=1"]])
def test_a_variable_that_is_empty_or_another_one_does_not(env: list[str] | None) -> None:
    with pytest.raises(CheckFailed, match="`A`"):
        sets_variables(image(Env=env), ["A"])


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/usr/bin/gcc", "a compiler"),
        ("/usr/bin/x86_64-linux-gnu-gcc-12", "a compiler"),
        ("/usr/bin/cc", "a compiler"),
        ("/usr/local/bin/clang++-16", "a compiler"),
        ("/usr/lib/gcc/x86_64-linux-gnu/12/cc1plus", "a compiler"),
        ("/usr/bin/make", "a compiler"),
        ("/usr/include/stdio.h", "headers"),
        ("/usr/local/include/python3.12/Python.h", "headers"),
        ("/opt/venv/lib/python3.12/site-packages/flask/__pycache__/app.cpython-312.pyc", "bytecode"),
        ("/server/app/main.pyc", "bytecode"),
    ],
)
def test_build_tools_are_found(path: str, kind: str) -> None:
    contents = Contents({path: 7}, frozenset(), frozenset(), frozenset(), 7)
    (found,) = leftovers([Layer(0, "sha256:0", "", 0.0, contents)], BUILD_TOOLS)
    assert (found.kind, found.paths) == (kind, (path,))


@pytest.mark.parametrize(
    "path",
    [
        "/opt/venv/lib/python3.12/site-packages/numpy/core/include/numpy/arrayobject.h",
        "/opt/venv/bin/ccache-info",
        "/opt/venv/bin/f2py",
        "/usr/lib/gcc/x86_64-linux-gnu/12/libgcc_s.so",
        "/usr/share/doc/make/README",
        "/usr/include/README",
        "/server/app/pyc.py",
    ],
)
def test_what_a_package_brings_for_itself_is_no_build_tool(path: str) -> None:
    contents = Contents({path: 7}, frozenset(), frozenset(), frozenset(), 7)
    assert list(leftovers([Layer(0, "sha256:0", "", 0.0, contents)], BUILD_TOOLS)) == []


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (None, "there is none"),
        ({"Test": ["NONE"]}, "switched off"),
        ({"Test": ["CMD", "true"]}, "it has none"),
        ({"Test": ["CMD", "true"], "StartPeriod": 0}, "it has none"),
    ],
)
def test_a_health_check_gives_time_to_start(check: Any, said: str) -> None:
    given = {"Test": ["CMD-SHELL", "true"], "StartPeriod": SECOND}
    image_health.gives_time_to_start(config(Healthcheck=given))
    with pytest.raises(CheckFailed, match=said):
        image_health.gives_time_to_start(config(Healthcheck=check))


def test_a_health_check_tells_well_from_ill() -> None:
    well, ill = Probe("t", 0, ""), Probe("t", 1, "503")
    image_health.finds_well(well)
    image_health.finds_ill(ill)
    for judge, probe in ((image_health.finds_well, ill), (image_health.finds_ill, well)):
        with pytest.raises(CheckFailed, match="exit status"):
            judge(probe)
    for judge in (image_health.finds_well, image_health.finds_ill):  # one that hangs tells nothing
        with pytest.raises(CheckFailed, match="in time"):
            judge(None)


@pytest.mark.parametrize("exit_code", [0, 143])
def test_a_service_that_stops_by_itself_stops_in_time(exit_code: int) -> None:
    stopped_in_time(Stop("SIGTERM", exit_code, answer({})), 8)


@pytest.mark.parametrize(
    ("stop", "said"),
    [
        (Stop("SIGTERM", None, answer({})), "limit of time"),
        (Stop("SIGTERM", 137, answer({})), "137"),
        (Stop("SIGTERM", 1, answer({})), "exit code 1"),
        (Stop("SIGTERM", 0, None), "no answer"),
        (Stop("SIGTERM", 143, answer({}, 503)), "503"),
    ],
)
def test_a_service_that_is_killed_or_drops_a_request_does_not(stop: Stop, said: str) -> None:
    with pytest.raises(CheckFailed, match=said):
        stopped_in_time(stop, 8)


def test_a_prediction_is_that_of_the_model() -> None:
    question = {"x": 2.0, "y": 1.0}
    species, probability = MODEL.predict(question)
    assert (species, round(probability, 4)) == ("a", 0.7311)
    classification.classifies(answer({"species": "a", "probability": probability}), MODEL, question, 1e-6)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({"species": "b", "probability": 0.7310585786300049}, 200),
        ({"species": "a", "probability": 0.74}, 200),
        ({"species": "a", "probability": "0.7310585786300049"}, 200),
        ({"species": "a"}, 200),
        ({"species": "a", "probability": 0.7310585786300049}, 500),
        (["a"], 200),
    ],
)
def test_anything_else_is_none(content: Any, status: int) -> None:
    with pytest.raises(CheckFailed, match=r"0\.7311"):
        classification.classifies(answer(content, status), MODEL, {"x": 2.0, "y": 1.0}, 1e-6)


def test_an_example_has_a_number_for_each_feature() -> None:
    found = classification.example_of(answer({"x": 2, "y": 1.5, "more": "y"}), ["x", "y"])
    assert found == {"x": 2.0, "y": 1.5}


@pytest.mark.parametrize(
    "number", ["2", None, math.nan, math.inf, 10**400], ids=["text", "nothing", "nan", "inf", "large"]
)
def test_what_no_float_holds_is_no_example(number: object) -> None:
    """A number of 401 digits, or one that JSON lacks: neither can be asked for a prediction."""
    with pytest.raises(CheckFailed, match="a number for each of x, y"):
        classification.example_of(answer({"x": number, "y": 1.0}), ["x", "y"])


ABOUT = {"title": "t", "features": ["y", "x"], "version": "1.2.3"}


@pytest.mark.parametrize("more", [{}, {"features": ["x", "y"]}, {"author": "me"}])
def test_metadata_may_say_more(more: Mapping[str, Any]) -> None:
    classification.describes(answer({**ABOUT, **more}), ["title", "features"], ["x", "y"], "1.2.3")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "without `title`"),
        ({"features": "x, y"}, "features"),
        ({"features": ["x"]}, "features"),
        ({"features": [["x"], ["y"]]}, "features"),
        ({"version": "1.2.4"}, "VERSION"),
        ({"version": None}, "VERSION"),
    ],
)
def test_metadata_that_lacks_something_is_told(wrong: Mapping[str, Any], said: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        classification.describes(answer({**ABOUT, **wrong}), ["title", "features"], ["x", "y"], "1.2.3")
    assert said in f"{caught.value.expected} {caught.value.actual}"


@pytest.mark.parametrize(
    ("digests", "said"),
    [
        ({"latest": "a"}, "`1.0`"),
        ({"1.0": "a"}, "`latest`"),
        ({"1.0": "a", "latest": "b"}, "one digest"),
        ({"1.0": None, "latest": "b"}, "`1.0`"),
        ({}, "none at all"),
    ],
)
def test_two_tags_mean_one_image(digests: Mapping[str, str | None], said: str) -> None:
    published_twice({"1.0": "a", "latest": "a", "1": "a"}, "1.0", "publish.yaml")
    with pytest.raises(CheckFailed) as caught:
        published_twice(digests, "1.0", "publish.yaml")
    assert said in f"{caught.value.expected} {caught.value.actual}"


def test_half_of_the_naive_image_is_half() -> None:
    lighter(50, 100, 50)
    with pytest.raises(CheckFailed, match="51%"):
        lighter(51, 100, 50)

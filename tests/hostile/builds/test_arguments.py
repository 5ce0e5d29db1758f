"""Build arguments of a Compose file: only those that the Dockerfile declares, never those that steer BuildKit."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from checks.lab import ROOT
from checks.outcomes import Outcome

pytestmark = pytest.mark.builds_lab("lab_compose")

SOLUTION = ROOT / "solutions" / "lab_compose"
STEERING = {
    "a foreign frontend": ("BUILDKIT_SYNTAX", "evil.example/frontend"),
    "somebody else's cache": ("BUILDKIT_CACHE_MOUNT_NS", "victim"),
    "another host name": ("BUILDKIT_SANDBOX_HOSTNAME", "victim"),
    "a cache in the image": ("BUILDKIT_INLINE_CACHE", "1"),
    "one that is not there yet": ("BUILDKIT_SOMETHING_NEW", "1"),
    "in small letters": ("buildkit_syntax", "evil.example/frontend"),
    "a proxy": ("HTTPS_PROXY", "http://127.0.0.1:1"),
    "a proxy in mixed letters": ("All_Proxy", "http://127.0.0.1:1"),
    "the time of the layers": ("SOURCE_DATE_EPOCH", "0"),
}


def _files(arguments: Mapping[str, str], *lines: str) -> Mapping[str, str]:
    """The reference solution: its service built with these arguments, these lines at the end of its Dockerfile."""
    given = "".join(f"        {name}: '{value}'\n" for name, value in arguments.items())
    compose = (SOLUTION / "compose.yaml").read_text()
    assert compose.count("build: .") == 1
    build = f"build:\n      context: .\n      args:\n{given.rstrip()}"
    text = (SOLUTION / "Dockerfile").read_text() + "".join(f"{line}\n" for line in lines)
    return {"compose.yaml": compose.replace("build: .", build), "Dockerfile": text}


@pytest.mark.parametrize(("name", "value"), STEERING.values(), ids=STEERING)
def test_what_steers_the_build_is_refused_though_it_is_declared(
    hand_in: Callable[..., Any], name: str, value: str
) -> None:
    graded = hand_in("Compose", _files({name: value}, f"ARG {name}"))
    check = graded.check("mounts-the-model-read-only")
    assert (check.outcome, check.file) == (Outcome.FAIL, "lab_compose/compose.yaml")
    assert f"`{name}` steers" in check.actual
    assert graded.errors == []


def test_it_is_refused_where_it_is_not_declared(hand_in: Callable[..., Any]) -> None:
    check = hand_in("Compose", _files({"BUILDKIT_SYNTAX": "evil.example/x"})).check(
        "mounts-the-model-read-only"
    )
    assert "`BUILDKIT_SYNTAX` steers" in check.actual


def test_others_are_passed_on_where_they_are_declared_and_left_out_elsewhere(
    hand_in: Callable[..., Any],
) -> None:
    given = {"MINE": "x", "MY_PROXYING": "y", "UNKNOWN": "z"}
    declared = ("ARG MINE", "ARG MY_PROXYING", 'RUN test "$MINE$MY_PROXYING$UNKNOWN" = xy')
    assert hand_in("Compose", _files(given, *declared)).check("serves-predictions").outcome is Outcome.PASS


def test_what_stands_in_a_variable_is_judged_with_the_value_that_is_given(
    hand_in: Callable[..., Any], loopback: Any
) -> None:
    files = _files(
        {"FROM_WHERE": f"http://127.0.0.1:{loopback.port}/"}, "ARG FROM_WHERE=app", "ADD $FROM_WHERE /x"
    )
    check = hand_in("Compose", files).check("mounts-the-model-read-only")
    assert (check.outcome, check.file) == (Outcome.FAIL, "lab_compose/Dockerfile")
    assert "from the network" in check.actual
    assert loopback.heard == []

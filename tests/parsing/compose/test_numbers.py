"""Numbers as the reader of YAML in Compose has them; each was seen in what `docker compose config` makes of it."""

import pytest

from checks.engine.project.document import escaped
from checks.parsing.compose import parse_compose


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1_000", 1000),
        ("1__0", 10),
        ("0b11", 3),
        ("0x1_0", 16),
        ("-0x10", -16),
        ("010", 8),
        ("0440", 288),
        ("-010", -8),
        ("0o10", 8),
        ("08", 8.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1_0.5", 10.5),
        ("_1", "_1"),
        ("12:30", "12:30"),
        ("12e4567", "12e4567"),
        ("'1_000'", "1_000"),
        ("yes", "yes"),
        ("2026-11-21", "2026-11-21"),
        ("9" * 65, float("9" * 65)),
    ],
)
def test_compose_gets_the_number_that_it_would_read_itself(written: str, number: object) -> None:
    compose = parse_compose(f"services: {{a: {{image: x, x-n: {written}}}}}".encode(), "compose.yaml")
    found = escaped(compose.node)["services"]["a"]["x-n"]
    assert found == number
    assert type(found) is type(number)


@pytest.mark.parametrize(
    "key", ["oom_score_adj: -0x10", "mem_swappiness: 0b11", "cpus: 1_0", "pids_limit: 0o10"]
)
def test_a_number_in_go_is_a_number(key: str) -> None:
    assert parse_compose(f"services: {{a: {{image: x, {key}}}}}".encode(), "compose.yaml").problems == ()

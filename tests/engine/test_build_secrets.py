"""A secret id from a student's Dockerfile cannot add a file of the host."""

import csv
import io
from pathlib import Path

import pytest

from checks.engine.build import _fields


@pytest.mark.parametrize(
    "name", ["api_key", "a,src=/etc/shadow", 'a",src=/etc/shadow,"', "a\nsrc=/etc/shadow"]
)
def test_an_id_stays_one_field(name: str) -> None:
    line = _fields(name, Path("/room/key"))
    assert next(csv.reader(io.StringIO(line, newline=""), strict=True)) == [f"id={name}", "src=/room/key"]

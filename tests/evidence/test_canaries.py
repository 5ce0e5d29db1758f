"""Planted values are found in every form and in every place, wherever the chunks of the stream end."""

import base64
import binascii
import gzip
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.evidence.image.canaries import HITS_KEPT, Canary, Hits, Match, Scanner, plant
from checks.evidence.image.image import read_image

VALUE = b"k7Jd-93hfQz_0pXv2mLw8aRt"
CANARY = Canary("api key", VALUE)
Save = Callable[..., bytes]

FORMS = {
    "raw": VALUE,
    "reversed": VALUE[::-1],
    "hex": binascii.hexlify(VALUE),
    "HEX": binascii.hexlify(VALUE).upper(),
    "hex, a blank between (od -An -tx1)": b"".join(b" %02x" % byte for byte in VALUE),
    "hex, in rows (od -An -tx1 -w8)": b"\n".join(VALUE[at : at + 8].hex(" ").encode() for at in (0, 8, 16)),
    "utf-16-le": VALUE.decode().encode("utf-16-le"),
    "utf-16-be": VALUE.decode().encode("utf-16-be"),
    "base64 at 0": base64.b64encode(VALUE),
    "base64 at 1": base64.b64encode(b"KEY=" + VALUE + b"\n"),
    "base64 at 2": base64.b64encode(b"API_K" + VALUE + b"\nX=1"),
    "base64, url-safe": base64.urlsafe_b64encode(b"{" + VALUE + b"}"),
    "base64, wrapped in the value": base64.encodebytes(b"#" * 45 + VALUE),
    "base64, wrapped by Windows": base64.encodebytes(b"#" * 40 + VALUE).replace(b"\n", b"\r\n"),
}


def encodings(data: bytes, cuts: list[int]) -> set[str]:
    borders = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    chunks = [data[start:end] for start, end in pairwise(borders)]
    hits: Hits = {}
    assert b"".join(Scanner([CANARY]).tap(chunks, hits)) == data
    return {needle.encoding for needle, offsets in hits.items() if offsets}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_is_found_in_each_form(form: bytes) -> None:
    assert len(encodings(b"\0" * 700 + form + b"\0" * 700, [])) == 1


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@given(cuts=st.lists(st.integers(0, 200), max_size=12))
def test_is_found_across_the_borders_of_chunks(form: bytes, cuts: list[int]) -> None:
    assert encodings(b"a" * 50 + form + b"b" * 50, cuts) == encodings(form, [])


def test_is_found_when_bytes_come_one_by_one() -> None:
    data = b"a" * 300 + VALUE + b"b" * 300
    assert encodings(data, list(range(1, len(data)))) == {"raw"}


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_is_found_in_both_alphabets_of_base64(encode: Callable[[bytes], bytes]) -> None:
    """With a value whose base64 has the characters in which the two differ."""
    telling = Canary("telling", b"???>>>" * 4)
    assert set(b"+/") <= set(base64.b64encode(telling.value))
    hits: Hits = {}
    list(Scanner([telling]).tap([b"\0" + encode(telling.value) + b"\n"], hits))
    assert {needle.encoding for needle, offsets in hits.items() if offsets} == {"base64"}


def test_half_of_a_base64_form_is_no_match() -> None:
    whole = base64.b64encode(VALUE)
    assert encodings(whole[:16] + b"\0" + whole[16:], []) == set()
    assert encodings(whole[:-8], []) == set()


def test_two_canaries_with_one_beginning_are_told_apart() -> None:
    other = Canary("other", VALUE[:-6] + b"zzzzzz")
    hits: Hits = {}
    list(Scanner([CANARY, other]).tap([base64.b64encode(VALUE)], hits))
    assert {needle.canary for needle, offsets in hits.items() if offsets} == {CANARY}


@pytest.mark.parametrize("encode", [bytes, base64.b64encode, binascii.hexlify], ids=["raw", "base64", "hex"])
def test_planted_canaries_are_told_apart(encode: Callable[[bytes], bytes]) -> None:
    first, second = plant(["first", "second"])
    hits: Hits = {}
    list(Scanner([first, second]).tap([b"a" * 100, b"b" + encode(second.value)], hits))
    assert {needle.canary for needle, offsets in hits.items() if offsets} == {second}


def test_a_canary_that_could_come_up_by_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter than 16"):
        Canary("short", b"secret")


def test_a_layer_full_of_it_is_looked_up_so_often_and_no_more() -> None:
    hits: Hits = {}
    list(Scanner([CANARY]).tap([VALUE * 100] * 50, hits))
    assert max(map(len, hits.values())) == HITS_KEPT


def matches(archive: bytes) -> set[tuple[str, int | str, str]]:
    return {
        (match.encoding, match.where, match.path)
        for match in read_image([archive], canaries=[CANARY]).matches
    }


def test_in_a_file_that_a_later_layer_deletes(save: Save) -> None:
    archive = save([{"a": b""}, {"srv/.env": b"KEY=" + VALUE}, {"srv/.wh..env": b""}])
    assert matches(archive) == {("raw", 1, "/srv/.env")}


def test_in_the_name_of_a_file(save: Save) -> None:
    name = f"run/{VALUE.decode()}.lock"
    assert matches(save([{name: b""}])) == {("raw", 0, f"/{name}")}


def test_in_a_long_name(save: Save) -> None:
    name = "long/" * 50 + VALUE.decode()
    assert matches(save([{name: b"", "b": b""}])) == {("raw", 0, f"/{name}")}


def test_in_two_files_side_by_side(save: Save) -> None:
    archive = save([{"a": VALUE, "b": b"-" * 600 + VALUE, "c": b""}])
    assert matches(archive) == {("raw", 0, "/a"), ("raw", 0, "/b")}


def test_behind_the_end_of_the_tar(save: Save, tar_layer: Callable[..., bytes]) -> None:
    assert matches(save([tar_layer({"a": b""}) + VALUE])) == {("raw", 0, "")}


def test_in_a_compressed_layer(save: Save) -> None:
    assert matches(save([{"a": VALUE}], compress=gzip.compress)) == {("raw", 0, "/a")}


def test_in_the_configuration(save: Save) -> None:
    config = {"Env": ["A=1", f"KEY={VALUE.decode()}"], "Labels": {"x": VALUE[::-1].decode()}}
    found = matches(save([{"a": b""}], config=config))
    assert found == {("raw", "config", "config.Env[1]"), ("reversed", "config", "config.Labels.x")}


def test_in_the_history(save: Save) -> None:
    history = [{"created_by": f"ARG KEY={VALUE.decode()}", "empty_layer": True}, {"created_by": "COPY . ."}]
    found = matches(save([{"a": b""}], history=history))
    assert found == {("raw", "history", "history[0].created_by")}


def test_in_text_that_json_escapes(save: Save) -> None:
    value = 'q"uo\\te<&>\u20acd-and-long'
    archive = save([{"a": b""}], config={"User": value})
    found = read_image([archive], canaries=[Canary("odd", value.encode())]).matches
    assert found == (Match(Canary("odd", value.encode()), "raw", "config", "config.User"),)


def test_not_in_the_layers_of_the_base(save: Save, digest: Callable[[bytes], str], tar_layer: Save) -> None:
    base = tar_layer({"a": VALUE})
    for legacy in (False, True):
        archive = save([base, {"b": VALUE}], legacy=legacy)
        found = read_image([archive], base_layers=[digest(base)], canaries=[CANARY]).matches
        assert [(match.where, match.path) for match in found] == [(1, "/b")]

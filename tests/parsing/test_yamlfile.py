import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checks.parsing.text import yaml_tree as yamltree
from checks.parsing.text.problems import ParseError
from checks.parsing.text.yaml_file import MAX_BYTES, parse_documents, parse_yaml

LAUGHS = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)
)


def refusal(text: str | bytes, *, allow_aliases: bool = True) -> ParseError:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(ParseError) as caught:
        parse_yaml(data, "answers.yaml", allow_aliases=allow_aliases)
    return caught.value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("", None),
        ("~", None),
        ("null", None),
        ("12", 12),
        ("-7", -7),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1e999", "1e999"),
        ("12e4567", "12e4567"),
        ("1" + "0" * 69, 1e69),
        ("9" * 5000, "9" * 5000),
        ("0x" + "f" * 70, "0x" + "f" * 70),
        (".", "."),
        ("1.2.3", "1.2.3"),
        ("2026-11-21", "2026-11-21"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("!!int '12'", 12),
        ("!!float 3", 3.0),
        ("[a, {b: c}]", ["a", {"b": "c"}]),
    ],
)
def test_a_value_means_what_yaml_1_2_says(written: str, value: object) -> None:
    found = parse_yaml(f"key: {written}\n".encode(), "answers.yaml")["key"].value
    assert found == value
    assert type(found) is type(value)


def test_every_value_knows_its_line_and_place() -> None:
    top = parse_yaml(
        b"# first\nservices:\n  api:\n    ports:\n      - '80:80'\n      - 0440\n", "compose.yaml"
    )
    port = top["services"]["api"]["ports"][1]
    assert (port.line, port.path, port.file, port.text) == (
        6,
        "services.api.ports[1]",
        "compose.yaml",
        "0440",
    )
    assert top["services"].key_line("api") == 3
    assert list(top) == ["services"]
    assert [node.line for node in top["services"]["api"]["ports"].elements()] == [5, 6]
    assert "db" not in top["services"]


def test_lines_are_counted_as_editors_count_them() -> None:
    top = parse_yaml("a: 'x\u2028y\u0085z'\r\nb: 1\rc: 2\n".encode(), "f")
    assert (top["b"].line, top["c"].line) == (2, 3)


def test_a_missing_key_and_a_wrong_kind_are_told_with_the_line() -> None:
    top = parse_yaml(b"\na:\n  - 1\n", "f")
    for wrong in (
        lambda: top["b"],
        lambda: top["a"]["x"],
        lambda: list(top["a"].items()),
        lambda: top["a"][5],
    ):
        with pytest.raises(ParseError):
            wrong()
    with pytest.raises(ParseError) as caught:
        list(top["a"][0].elements())
    assert caught.value.line == 3


def test_a_byte_order_mark_is_no_character() -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        assert parse_yaml("a: 1\nb: \u00e9\n".encode(encoding), "f").value == {"a": 1, "b": "\u00e9"}


def test_anchors_and_merge_keys_work_as_compose_files_use_them() -> None:
    text = b"base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\napi:\n  <<: [*b, *m]\n  x: 9\n"
    api = parse_yaml(text, "compose.yaml")["api"]
    assert api.value == {"x": 9, "y": 2, "z": 4}
    assert (api["y"].line, api["y"].path) == (1, "api.y")


def test_a_quoted_merge_key_is_a_key() -> None:
    assert parse_yaml(b"a: {'<<': {b: 1}}", "f").value == {"a": {"<<": {"b": 1}}}


def test_local_tags_are_kept_when_they_are_asked_for() -> None:
    (top,) = parse_documents(b"a: !reset null\nb: !reset [1]\n", "f")
    assert (top["a"].tag, top["a"].value, top["b"].tag, top["b"].value) == ("!reset", None, "!reset", [1])


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        (LAUGHS, 8, str(yamltree.MAX_NODES)),
        (f"a: &a {'x' * 64_000}\nb: [{'*a, ' * 10}]", 2, str(yamltree.MAX_NODES)),
        ("a: &a [*a]", 1, "*a"),
        ("a: *nowhere", 1, "nowhere"),
        ("a: " + "[" * 100_000, 1, str(yamltree.MAX_DEPTH)),
        ("a: " + "{a: " * 70, 1, str(yamltree.MAX_DEPTH)),
        ("- " * 100_000, 1, str(yamltree.MAX_DEPTH)),
        ("a: [" + "x, " * 20_000 + "]", 1, str(yamltree.MAX_NODES)),
        ("a: 1\nb: 2\na: 3\n", 3, "1 and 3"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "python"),
        ("a: !!python/name:os.system ''\n", 1, "python"),
        ("a: !!binary aGk=\n", 1, "binary"),
        ("a: !!int x\n", 1, "int"),
        ("a: !reset 1\n", 1, "!reset"),
        ("a:\n\tb: 1\n", 2, "tab"),
        ("a: 1\n---\nb: 2\n", 2, "---"),
        ("a: .nan", 1, ".nan"),
        ("a: -.inf", 1, "-.inf"),
        ('a: 1\nb: "\\ud800"', 2, "surrogate"),
        ('a: 1\nb: "\\UFFFFFFFF"', 2, ""),
        ("%YAML 1." + "9" * 5000 + "\n---\na: 1", 1, ""),
        ("a: 1\nb: \x07", 2, "U+0007"),
        ("a: [1\nb: 2", 2, ""),
        ("? [a]\n: b", 1, "key"),
        ("? \n: 1", 1, "key"),
        ("a: {<<: 1}", 1, "<<"),
        ("", 1, "empty"),
        ("# only a comment\n", 1, "empty"),
        ("- a\n", 1, "a list"),
        ("just text", 1, "text"),
        (b"\xff\xfea\0:\0\n\0\0\xd8", 2, "UTF-8"),
        ("? " + "k" * 1_025 + "\n: 1", 1, "1,025"),
        ("a: &k " + "k" * 1_025 + "\nb: {*k : 1}", 2, "1,025"),
        ("a: {<<: {b: 1}, <<: {c: 1}}", 1, "<<"),
        ("a: &x 1\nb: &x [*x]", 2, "*x"),
        ("a: 1\n".encode("utf-16-le"), 1, "UTF-16"),
        (b"a: 1\nb: \xe4\n", 2, "UTF-8"),
        (b"#" * (MAX_BYTES + 1), 1, str(MAX_BYTES)),
    ],
)
def test_hostile_and_mistaken_text_is_refused_with_its_line(text: str | bytes, line: int, word: str) -> None:
    error = refusal(text)
    assert error.line == line
    assert word in error.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1\t\nb: 2\n", {"a": 1, "b": 2}),
        ("a:\tx\t# why\n", {"a": "x"}),
        ("a:\t\n  b: 'x'\t\n", {"a": {"b": "x"}}),
        ("a: x\ty \n", {"a": "x\ty"}),
        ("a: x \t y\n", {"a": "x \t y"}),
        ("a: x\t\n  y\n", {"a": "x y"}),
        ("a: [1,\t2\t]\nb: {c: 1,\n\td: 2}\n", {"a": [1, 2], "b": {"c": 1, "d": 2}}),
    ],
)
def test_a_tab_separates(text: str, value: object) -> None:
    assert parse_yaml(text.encode(), "f").value == value


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "a: 1\n\t\nb: 2\n", "a:\n-\tb: 1\n  c: 2"])
def test_a_tab_indents_nothing(text: str) -> None:
    assert "tab" in refusal(text).message


def test_a_key_may_have_an_anchor_and_be_one() -> None:
    assert parse_yaml(b"&x a: {b: *x, *x : 1}", "f").value == {"a": {"b": "a", "a": 1}}


def test_compose_knows_one_version_of_yaml() -> None:
    assert parse_documents(b"%YAML 1.1\n---\na: 1\n", "f")[0].value == {"a": 1}
    with pytest.raises(ParseError, match="another version"):
        parse_documents(b"%YAML 1.2\n---\na: 1\n", "f")


def test_documents_are_read_one_by_one() -> None:
    first, second = parse_documents(b"---\na: 1\n...\n---\nb: !override [2]\n", "f")
    assert (first.value, second.value, second["b"].tag, second["b"].line) == (
        {"a": 1},
        {"b": [2]},
        "!override",
        5,
    )


def test_keys_that_are_numbers_are_known() -> None:
    top = parse_yaml(b"1: a\n'2': b\ntrue: c\nyes: d\n~: e\n", "f")
    assert list(top.keys_that_are_no_text()) == [("1", 1), ("true", 3), ("~", 5)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [1, 2\nb: 3\n", "`[` begins in line 1"),
        ("a: {b: 1\nc: 2\n", "`{` begins in line 1"),
        ("a: b: c\n", "`:`"),
        ("a: 'x\n", "quote that begins in line 1"),
        ("a:\n  b: 1\n c: 2\n", "indented alike"),
        ("a: @x\n", "`@`"),
        ("a: %x\n", "`%`"),
        ("a:\n  - b\n  c: d\n", "begins with `-`"),
        ("a: 1\nb\nc: 2\n", "`:` is missing in line 2"),
        ("a: *\n", "name of letters"),
        ("a: }", "`}` begins none"),
        ("a: ]\n", "`]` begins none"),
        ("a: , b", "`,` begins none"),
        ("a: ?\n  b? c: d\n  e", "a `?` stands where no key may begin"),
        ("a: b\n%", "a directive (`%...`) is not well-formed"),
    ],
)
def test_mistakes_are_told_in_plain_words(text: str, words: str) -> None:
    message = refusal(text).message
    assert words in message
    assert "expected" not in message


def test_aliases_cannot_dig_deeper_than_the_depth() -> None:
    step = "".join(f"a{n}: &a{n} {'[' * 30}*a{n - 1}{']' * 30}\n" for n in range(1, 4))
    assert str(yamltree.MAX_DEPTH) in refusal("a0: &a0 [x]\n" + step).message


def test_aliases_are_refused_where_none_are_expected() -> None:
    assert "*x" in refusal("a: &x 1\nb: *x\n", allow_aliases=False).message


def test_every_limit_leaves_room_up_to_itself() -> None:
    deep = yamltree.MAX_DEPTH - 1
    parse_yaml(f"a: {'[' * deep}{']' * deep}".encode(), "f")
    assert refusal(f"a: {'[' * (deep + 1)}{']' * (deep + 1)}")
    room = yamltree.MAX_NODES - 3  # the top, its key, the list
    parse_yaml(f"a: [{'x,' * room}]".encode(), "f")
    assert refusal(f"a: [{'x,' * (room + 1)}]")


YAMLISH = st.text(st.sampled_from("ab01:-?[]{},&*!|>'\"%#<~.\\ \t\r\nxUe\ufeff\u2028\x85\0"), max_size=60)


@example(b"\xff\xfe")
@example(b"a: !<tag:%zz> x")
@example(b"!!%C3 x")
@given(st.binary(max_size=200) | YAMLISH.map(str.encode))
def test_any_bytes_are_read_or_raise_a_parse_error(data: bytes) -> None:
    try:
        top = parse_yaml(data, "f")
    except ParseError as error:
        assert 1 <= error.line <= data.count(b"\n") + data.count(b"\r") + 1  # noqa: PT017
    else:
        assert isinstance(top.value, dict)

"""Where a planted value is, a student reads: the file or the place, and the instruction behind it."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from checks.evidence.image.canaries import Canary, Encoding, Match, Where
from checks.evidence.image.image import Image
from checks.evidence.image.image_config import image_config
from checks.evidence.image.layers import Contents, Layer
from checks.expect.secrets import carries_none, no_files, shows_none
from checks.outcomes import CheckFailed

KEY = "0123456789abcdef0123"
CANARY = Canary(".env", KEY.encode())


def layer(index: int, files: Mapping[str, int]) -> Layer:
    contents = Contents(files, frozenset(), frozenset(), frozenset(), sum(files.values()))
    return Layer(index, f"sha256:{index}", f"RUN step {index}", 0.5, contents)


def image(files: Sequence[Mapping[str, int]] = (), matches: Sequence[Match] = ()) -> Image:
    """An image on a base of one empty layer."""
    base = layer(0, {"/models/of-the-base": 1})
    layers = (base, *(layer(index, held) for index, held in enumerate(files, start=1)))
    return Image("sha256:0", image_config({}), (), layers, (base,), 0, 1.0, tuple(matches))


def match(where: Where, path: str, encoding: Encoding = "raw") -> Match:
    return Match(CANARY, encoding, where, path)


def failure(check: Callable[..., None], *arguments: object) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        check(*arguments)
    return caught.value


def test_names_the_file_and_the_instruction() -> None:
    leaking = image([{"/srv/key": 28}], [match(1, "/srv/key", "base64")])
    actual = failure(carries_none, leaking, [".env"], "no secret", "help").actual
    assert all(part in actual for part in (".env", "/srv/key", "base64", "RUN step 1"))


@pytest.mark.parametrize(
    ("where", "path"), [("config", "config.Env[1]"), ("history", "history[3].created_by")]
)
def test_names_the_place_in_a_document(where: Where, path: str) -> None:
    assert (
        path in failure(carries_none, image([], [match(where, path)]), [".env"], "no secret", "help").actual
    )


def test_a_name_out_of_an_image_is_made_visible() -> None:
    actual = failure(
        carries_none, image([{}], [match(1, "/a\x1b[2Jb")]), [".env"], "no secret", "help"
    ).actual
    assert "\x1b" not in actual


def test_values_under_other_names_do_not_count() -> None:
    carries_none(image([{}], [match(1, "/srv/key")]), ["other"], "no secret", "help")


def test_many_places_are_counted() -> None:
    leaking = image([{}], [match(1, f"/srv/{number}") for number in range(25)])
    assert failure(carries_none, leaking, [".env"], "no secret", "help").actual.endswith("15 more like these")


@pytest.mark.parametrize("path", ["/models/any.bin", "/models/deep/any.bin", "/srv/app/model.pkl"])
def test_finds_a_model_by_its_place_or_its_name(path: str) -> None:
    assert path in failure(no_files, image([{path: 1}]), "models/model.pkl", "/models", "help").actual


@pytest.mark.parametrize("path", ["/srv/models/readme", "/srv/model.pkl.txt", "/modelsfile"])
def test_other_files_are_no_models(path: str) -> None:
    no_files(image([{path: 1}]), "models/model.pkl", "/models", "help")


def test_names_the_command_that_shows_a_key() -> None:
    views = [("docker logs", "started"), ("docker inspect", {"Config": {"Env": ["A=1", f"KEY={KEY[::-1]}"]}})]
    failed = failure(shows_none, KEY, views, "hidden", "help")
    assert "docker inspect" in failed.actual
    assert "Config.Env[1]" in failed.actual
    shows_none(KEY, views[:1], "hidden", "help")

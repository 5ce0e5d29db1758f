"""Installed distributions are told by their metadata folders, in every layer."""

from collections.abc import Sequence
from types import MappingProxyType

import pytest

from checks.evidence.image.contents import distributions, installed
from checks.evidence.image.layers import Contents, Layer


def layer(
    index: int, paths: Sequence[str], whiteouts: Sequence[str] = (), opaque: Sequence[str] = ()
) -> Layer:
    files = MappingProxyType(dict.fromkeys(paths, 1))
    contents = Contents(files, frozenset(), frozenset(whiteouts), frozenset(opaque), 1)
    return Layer(index, f"sha256:{index}", f"RUN {index}", 0.5, contents)


def names(*paths: str) -> list[str]:
    return [found.name for found in distributions([layer(0, paths)])]


@pytest.mark.parametrize(
    "path",
    [
        "/usr/local/lib/python3.8/site-packages/pytest-8.3.5.dist-info/METADATA",
        "/usr/local/lib/python3.11/dist-packages/pytest-8.3.5.dist-info/RECORD",
        "/root/.cache/pypoetry/virtualenvs/hello-py3.8/lib/python3.8/site-packages/pytest-8.3.5.dist-info/WHEEL",
        "/usr/lib/python3/dist-packages/pytest-7.2.1.egg-info/PKG-INFO",
        "/opt/site-packages/PyTest-8.dist-info/x",
        "/opt/site-packages/pytest.egg-info",
        "/opt/dev/pytest-8.3.5.dist-info/METADATA",
        "/server/pytest-8.3.5.dist-info/METADATA",
    ],
)
def test_it_is_found(path: str) -> None:
    assert names(path) == ["pytest"]


@pytest.mark.parametrize(
    "path",
    [
        "/usr/local/lib/python3.8/site-packages/pytest/__init__.py",
        "/usr/local/lib/python3.8/site-packages/pytest.py",
        "/usr/share/doc/pytest-8.3.5.dist-info.txt",
    ],
)
def test_it_is_not(path: str) -> None:
    assert names(path) == []


def test_names_are_normalised_and_each_counts_once_a_layer() -> None:
    base = "/x/site-packages/typing_extensions-4.13.2.dist-info/"
    assert names(f"{base}METADATA", f"{base}RECORD", f"{base}licenses/LICENSE") == ["typing-extensions"]


def test_every_layer_is_searched_and_named() -> None:
    path = "/x/site-packages/pytest-8.dist-info/METADATA"
    found = list(distributions([layer(0, []), layer(1, [path]), layer(2, [path])]))
    assert [one.layer.created_by for one in found] == ["RUN 1", "RUN 2"]
    assert found[0].path == "/x/site-packages/pytest-8.dist-info"


@pytest.mark.parametrize(
    "folder",
    [
        "/usr/local/lib/python3.8/site-packages",
        "/usr/local/lib/python3.8/dist-packages",
        "/opt/venv/lib/python3.12/site-packages",
        "/server/.venv/lib/python3.8/site-packages",
        "/root/.local/lib/python3.8/site-packages",
        "/deps",
    ],
)
def test_a_container_finds_it(folder: str) -> None:
    found = installed([layer(0, [f"{folder}/SQLAlchemy-1.4.36.dist-info/METADATA"])])
    assert found == {"sqlalchemy": {"1.4.36"}}


PATH = "/usr/site-packages/fastapi-0.78.0.dist-info/METADATA"


@pytest.mark.parametrize(
    "above",
    [
        layer(1, [], whiteouts=["/usr/site-packages/fastapi-0.78.0.dist-info"]),
        layer(1, [], whiteouts=["/usr/site-packages"]),
        layer(1, [], opaque=["/usr/site-packages"]),
    ],
)
def test_what_a_later_layer_deletes_it_does_not_find(above: Layer) -> None:
    assert installed([layer(0, [PATH]), above]) == {}
    assert installed([layer(0, [PATH]), above, layer(2, [PATH])]) == {"fastapi": {"0.78.0"}}


def test_the_package_alone_is_no_installed_one() -> None:
    assert installed([layer(0, ["/usr/site-packages/fastapi/__init__.py", "/usr/bin/fastapi"])]) == {}

"""What installing left behind, told by where it lies and by the shape of its path."""

import pytest

from checks.evidence.image.contents import leftovers
from checks.evidence.image.layers import Contents, Layer

DIGITS = "0123456789abcdef" * 4


def layer(index: int, **files: int) -> Layer:
    """A layer with these files; `size` plays no role."""
    contents = Contents(files, frozenset(), frozenset(), frozenset(), sum(files.values()))
    return Layer(index, f"sha256:{index}", "", 0.0, contents)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/apt/lists/archive.example.org_ubuntu_dists_focal_InRelease", "apt's package lists"),
        ("/var/lib/apt/lists/partial/half", "apt's package lists"),
        (f"/root/.cache/pip/http/a/b/c/d/e/{DIGITS[:56]}", "pip's cache"),
        ("/home/app/.cache/pip/wheels/x", "pip's cache"),
        (f"/srv/cache/http-v2/0/1/2/3/4/{DIGITS[:56]}.body", "pip's cache"),
        (f"/cache/wheels/01/23/45/{DIGITS[:58]}/a-1-py3-none-any.whl", "pip's cache"),
        ("/root/.cache/uv/archive-v0/x", "pip's cache"),
        ("/var/cache/apt/archives/git_1_amd64.deb", "archives of packages"),
        ("/tmp/tool.deb", "archives of packages"),
    ],
)
def test_leftovers_are_found(path: str, kind: str) -> None:
    (found,) = leftovers([layer(0, **{path: 7})])
    assert (found.kind, found.paths, found.size) == (kind, (path,), 7)


@pytest.mark.parametrize(
    "path",
    [
        "/var/lib/apt/lists/lock",
        "/var/lib/apt/extended_states",
        "/var/cache/apt/pkgcache.bin",
        "/var/cache/apt/archives/lock",
        "/root/.cache/pip/selfcheck/1",
        "/root/.cache/other/x",
        "/usr/lib/python3/dist-packages/pip/_vendor/cachecontrol/wheels/a.py",
        "/srv/http/0/1/2/3/4/index.html",
        "/usr/share/doc/x.debian",
    ],
)
def test_what_is_no_leftover_is_not_found(path: str) -> None:
    assert list(leftovers([layer(0, **{path: 7})])) == []


def test_each_layer_and_each_kind_is_told_apart() -> None:
    below = layer(1, **{"/a.deb": 1, "/b.deb": 2, "/var/lib/apt/lists/x": 4})
    found = list(leftovers([layer(0), below, layer(2, **{"/c.deb": 8})]))
    assert [(entry.layer.index, entry.size) for entry in found] == [(1, 4), (1, 3), (2, 8)]

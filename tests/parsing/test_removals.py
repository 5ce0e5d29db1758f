"""What a RUN deletes, and what is gone or never there when its layer is made."""

import pytest

from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.dockerfile.instructions import Run
from checks.parsing.packages.deletions import is_cleared, is_mounted, removals

LISTS = "/var/lib/apt/lists"


def run(text: str) -> Run:
    """The last RUN of a Dockerfile."""
    file = parse_dockerfile(f"FROM a\n{text}\n".encode())
    assert file.problems == ()
    return file.final.runs[-1]


@pytest.mark.parametrize(
    ("text", "pattern", "globs"),
    [
        ("RUN rm -rf /a/b", "/a/b", True),
        ("RUN rm -Rf /a/b/", "/a/b", True),
        ("RUN rm --recursive -- /a//b", "/a/b", True),
        ("RUN sudo /bin/rm -fr /a/*", "/a/*", True),
        ("RUN rm -rf '/a/*'", "/a/*", False),
        ("WORKDIR /srv\nRUN rm -rf cache", "/srv/cache", True),
        ("RUN cd /srv && rm -rf ./cache", "/srv/cache", True),
        ("RUN cd /srv && cd data && rm -rf cache", "/srv/data/cache", True),
        ("RUN (cd /srv && rm -rf cache)", "/srv/cache", True),
        ("WORKDIR /w\nRUN (cd /srv) && rm -rf cache", "/w/cache", True),
        ("RUN rm -rf ~/.cache", "/root/.cache", True),
        ("USER app:app\nRUN rm -rf ~/.cache", "/home/app/.cache", True),
        ("USER 0\nRUN rm -rf $HOME/.cache", "/root/.cache", True),
        ("ENV HOME=/h\nRUN rm -rf ${HOME}/.cache", "/h/.cache", True),
        ("RUN D=/a && rm -rf $D/b", "/a/b", True),
        ("RUN find /a -delete", "/a", True),
        ("RUN find /a -xdev -type f -exec rm {} \\;", "/a", True),
        ("RUN find /a -type f | xargs rm -f", "/a", True),
        ("RUN pip cache purge", "/root/.cache/pip", False),
        ("RUN XDG_CACHE_HOME=/c python3 -m pip cache purge", "/c/pip", False),
    ],
)
def test_what_is_deleted_is_found(text: str, pattern: str, globs: bool) -> None:  # noqa: FBT001
    (found,) = removals(run(text))
    assert (found.pattern, found.globs) == (pattern, globs)


@pytest.mark.parametrize(
    "text",
    [
        "RUN rm /a/b",
        "RUN rm -f /a/*",
        "RUN rmdir /a",
        "RUN echo rm -rf /a",
        "RUN true # rm -rf /a",
        "RUN false && rm -rf /a",
        "RUN make || rm -rf /a",
        "RUN if [ -d /a ]; then rm -rf /a; fi",
        "RUN exit 0; rm -rf /a",
        "RUN find /a",
        "RUN find /a -name '*.gz' -delete",
        "RUN find /a -mindepth 2 -delete",
        "RUN find /a -type d -delete",
        "RUN find /a -exec ls {} +",
        "RUN find /a -type",
        "RUN find -delete",
        "RUN ls /a | xargs rm -rf",
        "RUN pip cache list",
    ],
)
def test_what_is_not_deleted_is_not_found(text: str) -> None:
    assert list(removals(run(text))) == []


@pytest.mark.parametrize(
    ("words", "covers"),
    [
        ("/var/lib/apt/lists", True),
        ("/var/lib/apt/lists/*", True),
        ("/var/lib/apt/lists/**", True),
        ("/var/lib/apt/*", True),
        ("/var/lib/apt", True),
        ("/var/l?b/a*/lists", True),
        ("/*", True),
        ("'/var/lib/apt/lists/*'", False),
        ("/var/lib/apt/lists/partial", False),
        ("/var/lib/apt/lists/*_Packages", False),
        ("/var/lib/dpkg/*", False),
        ("/var/lib/apt/lists2", False),
    ],
)
def test_a_removal_covers_what_is_below_it(words: str, covers: bool) -> None:  # noqa: FBT001
    (removal,) = removals(run(f"RUN rm -rf {words}"))
    assert removal.covers(LISTS) is covers


def test_a_wildcard_spares_hidden_names() -> None:
    plain, hidden = removals(run("RUN rm -rf /root/* /root/.c*"))
    assert not plain.covers("/root/.cache/pip")
    assert hidden.covers("/root/.cache/pip")


def test_only_what_is_deleted_behind_a_command_undoes_it() -> None:
    found = run("RUN rm -rf /a && make && rm -rf /b")
    first, make, _ = found.commands
    assert is_cleared(found, "/a", first) is False
    assert is_cleared(found, "/b", make) is True


@pytest.mark.parametrize(
    ("mount", "mounted"),
    [
        ("type=cache,target=/var/lib/apt/lists", True),
        ("type=cache,target=/var/lib/apt/", True),
        ("type=tmpfs,target=/var/lib", True),
        ("type=cache,target=/var/lib/apt/lists/partial", False),
        ("type=cache,target=/var/lib/apt/list", False),
        ("type=secret,id=key,env=KEY", False),
    ],
)
def test_a_mount_keeps_what_is_written_out_of_the_layer(mount: str, mounted: bool) -> None:  # noqa: FBT001
    assert is_mounted(run(f"RUN --mount={mount} apt-get update"), LISTS) is mounted

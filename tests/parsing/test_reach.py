"""Which ADD reaches for the network, and which file may mount a cache that builds share."""

import pytest

from checks.parsing.dockerfile.build_inputs import may_mount_a_cache, remote_sources
from checks.parsing.dockerfile.dockerfile import parse_dockerfile

REMOTE = {
    "http": "ADD http://a.example/x /x",
    "https": "ADD https://a.example/x.tar.gz /x",
    "a scheme in capitals": "ADD HTTPS://a.example/x.git /x",
    "git over http": "ADD https://a.example/x.git#main:docs /x",
    "git": "ADD git://a.example/x.git /x",
    "git over ssh": "ADD ssh://git@a.example/x.git /x",
    "git as scp has it": "ADD git@a.example:x.git /x",
    "with a checksum": f"ADD --checksum=sha256:{'0' * 64} https://a.example/x /x",
    "with flags": "ADD --chown=1:1 --keep-git-dir=true https://a.example/x.git /x",
    "in JSON form": 'ADD ["https://a.example/x", "/x"]',
    "behind a file": "ADD app https://a.example/x /x/",
    "beside a heredoc": "ADD <<EOF https://a.example/x /x/\nhello\nEOF",
    "over lines": "ADD \\\n  # a comment\n  https://a.example/x \\\n  /x",
    "in small letters": "add https://a.example/x /x",
    "in a variable": "ARG U=https://a.example/x\nADD $U /x",
    "in parts": "ARG S=http\nENV H=a.example\nADD ${S}s://${H}/x /x",
    "quoted": 'ADD "https"://a.example/x /x',
    "behind what only the base image sets": "ADD ${LANG:+http://a.example/} /x",
    "the same in JSON form": 'ADD ["${LANG:+http://a.example/}", "/x"]',
    "on another machine": "ADD ${TARGETVARIANT:+http://a.example/} /x",
}


@pytest.mark.parametrize("text", REMOTE.values(), ids=REMOTE)
def test_reaches_for_the_network(text: str) -> None:
    ((instruction, _),) = remote_sources(parse_dockerfile(f"FROM a\n{text}\n".encode()))
    assert instruction.keyword == "ADD"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("FROM a AS never\nADD http://a.example/x /x\nFROM b", 2),
        ("FROM a AS b\nONBUILD ADD http://a.example/x /x\nFROM b", 2),
        ("ARG U=http://a.example\nFROM a\nARG U\nADD $U /x", 4),
    ],
)
def test_wherever_it_stands(text: str, line: int) -> None:
    ((instruction, _),) = remote_sources(parse_dockerfile(text.encode()))
    assert instruction.line == line


@pytest.mark.parametrize(
    "text",
    [
        "ADD app /app",
        "ADD app.tar.gz /",
        "ADD http:/a /x",
        "ADD ./http /x",
        "ADD me@home /x",
        "ADD <<EOF /x\nhttp://a.example/x\nEOF",
        "ARG A=app\nADD ${A}/main.py $HOME/app/",
        "LABEL url=http://a.example/x",
        "RUN curl http://a.example/x",
        'CMD ["http://a.example/x"]',
        "RUN <<EOF\nADD http://a.example/x /x\nEOF",
        "COPY --from=b http /x",
    ],
)
def test_stays_in_the_folder(text: str) -> None:
    assert list(remote_sources(parse_dockerfile(f"FROM a AS b\nFROM a\n{text}\n".encode()))) == []


@pytest.mark.parametrize(
    "text",
    [
        "RUN --mount=type=cache,target=/c true",
        "RUN --mount=target=/c,type=cache,id=x,sharing=locked true",
        "RUN --mount=type=tmpfs,target=/t --mount=type=cache,target=/c true",
        'RUN --mount="type=cache,target=/c" true',
        "RUN --mount=type=ca\\che,target=/c true",
        "RUN --mount=type=CACHE,target=/c true",
        "RUN --mount=type=cache,target=/c <<EOF\ntrue\nEOF",
        "ARG T=cache\nRUN --mount=type=$T,target=/c true",
        "ONBUILD RUN --mount=type=cache,target=/c true",
    ],
)
def test_may_mount_a_cache(text: str) -> None:
    assert may_mount_a_cache(parse_dockerfile(f"FROM a\n{text}\n".encode()))


@pytest.mark.parametrize(
    "text",
    [
        "RUN true",
        "RUN rm -rf /root/.cache",
        "RUN --mount=type=secret,id=x cat /run/secrets/x # cache $x",
        "RUN --mount=target=/c,source=app true",
        "COPY . /cache",
    ],
)
def test_mounts_none(text: str) -> None:
    assert not may_mount_a_cache(parse_dockerfile(f"FROM a\n{text}\n".encode()))

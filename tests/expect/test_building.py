"""A build that makes an image without the app is no success."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from checks.evidence.image.built import Built
from checks.expect.images import apt_has_run, holds, holds_of_debian, made_of
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.dockerfile import parse_dockerfile

BUILT = Built("image", (), ("sha256:base", "sha256:own"), ("sha256:base",))
BUILDER = "FROM a AS builder\nCOPY . /src\n"


def judge(text: str) -> None:
    made_of(BUILT, parse_dockerfile(text.encode()).final, "app/main.py")


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nCOPY . .",
        "FROM a\nCOPY app ./app",
        "FROM a\nCOPY app/main.py /server/main.py",
        "FROM a\nCOPY a* /server/",
        "FROM a\nADD ./app/ /server/app/",
        "FROM a\nCOPY app/*.py /server/",
        "FROM a\nRUN --mount=type=bind,target=/src cp -r /src/app /server",
        f"{BUILDER}FROM a\nCOPY --from=builder /src /server",
        f"{BUILDER}FROM builder\nRUN true",
        f"{BUILDER}FROM a\nRUN --mount=from=builder,target=/b cp -r /b/src /server",
    ],
)
def test_the_app_is_brought(text: str) -> None:
    judge(text)


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nRUN true",
        "FROM a\nWORKDIR /server",
        "FROM a\nCOPY answers.yaml /",
        "FROM a\nCOPY requirements.txt ./",
        "FROM a\nCOPY <<E /server/app/main.py\napp\nE",
        "FROM a\nCOPY application /",
        "FROM a\nCOPY --from=b /app /app",
        f"{BUILDER}FROM a\nRUN true",
    ],
)
def test_it_is_not(text: str) -> None:
    with pytest.raises(CheckFailed, match=r"nothing brings `app/main\.py`"):
        judge(text)


PACKAGES = ("fastapi==0.78.0", "SQLAlchemy==1.4.36", "alembic==1.7.7")


def image_with(*paths: str) -> Any:
    layer = SimpleNamespace(files=dict.fromkeys(paths), whiteouts=(), contents=SimpleNamespace(opaque=()))
    return cast("Any", SimpleNamespace(layers=[layer]))


def metadata(*names: str) -> list[str]:
    return [f"/opt/x/site-packages/{name}-1.0.dist-info/METADATA" for name in names]


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        (["fastapi", "SQLAlchemy", "alembic"], ["fastapi", "sqlalchemy", "alembic"]),
        (["fastapi", "sqlalchemy", "alembic", "pip"], []),
        (["fastapi", "SQLAlchemy"], ["fastapi", "sqlalchemy"]),  # that one is forgotten, is for another check
        (["fastapi"], []),
    ],
)
def test_what_is_asked_for_is_there(there: list[str], asked: list[str]) -> None:
    holds(image_with(*metadata(*there)), PACKAGES, dict.fromkeys(asked, ("",)))


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        ([], ["fastapi", "sqlalchemy", "alembic"]),
        ([], []),
        (["pip", "fastapi-utils"], ["fastapi"]),
        (["fastapi", "sqlalchemy"], ["fastapi", "alembic"]),
    ],
)
def test_what_is_asked_for_never_came(there: list[str], asked: list[str]) -> None:
    with pytest.raises(CheckFailed, match="nothing has installed it"):
        holds(image_with(*metadata(*there)), PACKAGES, dict.fromkeys(asked, ("",)))


@pytest.mark.parametrize(
    "archive", ["/app.pyz", "/srv/app.pex", "/usr/local/bin/serve.shiv", "/opt/a b.pyzw"]
)
def test_what_an_archive_may_hold_is_not_called_absent(archive: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        holds(image_with(archive, "/srv/app/main.py"), PACKAGES, {"fastapi": ("0.78.0",)})
    assert f"does not look into `{archive}`" in failed.value.actual
    assert "nothing has installed" not in failed.value.actual


def test_a_folder_that_pip_filled_is_enough() -> None:
    names = ("fastapi-0.78.0", "SQLAlchemy-1.4.36", "alembic-1.7.7")
    there = image_with(*(f"/deps/{name}.dist-info/METADATA" for name in names))
    holds(there, PACKAGES, {"fastapi": ("0.78.0",), "alembic": ("1.7.7",)})


TWO = ("fastapi==0.78.0", "torch==2.0")


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        (["fastapi-0.78.0", "torch-2.0"], {"fastapi": {"0.78.0"}, "torch": {"2.0"}}),
        (["fastapi-0.78", "torch-2.0.0+cpu"], {"fastapi": {"0.78.0"}, "torch": {"2.0"}}),
        (["fastapi-0.77.0", "fastapi-0.78.0"], {"fastapi": {"0.78.0"}}),  # in two environments
        (["fastapi-0.77.0"], {"fastapi": {"0.77.0"}}),  # that it is asked for so, is for another check
        (["fastapi-0.77.0"], {"fastapi": {""}}),
        (["fastapi-0.77.0"], {}),
        (["fastapi-0.77.0"], {"fastapi": {"0.77.0", "0.78.0"}}),
    ],
)
def test_it_is_there_in_the_version_that_is_asked_for(there: list[str], asked: dict[str, set[str]]) -> None:
    holds(image_with(*(f"/x/{name}.dist-info/METADATA" for name in there)), TWO, asked)


@pytest.mark.parametrize(
    "there", [["fastapi-0.77.0"], ["fastapi-0.78.1", "fastapi-0.8"], ["fastapi-0.78.0rc1"], ["fastapi-?"]]
)
def test_another_version_is_there(there: list[str]) -> None:
    image = image_with(*(f"/x/{name}.dist-info/METADATA" for name in there))
    with pytest.raises(CheckFailed, match=r"fastapi 0\.78\.0 in the image"):
        holds(image, TWO, {"fastapi": {"0.78.0"}})


APT = "FROM ubuntu:20.04\nRUN apt-get update\nRUN apt-get install -y python3-pip=20.* python3.8:amd64\n"


@pytest.mark.parametrize(
    ("text", "info"),
    [
        (APT, ["python3-pip.list", "python3.8.list"]),
        (APT, ["python3-pip.list", "python3.8:amd64.list", "python3.8.postinst"]),
        ("FROM ubuntu:20.04\nRUN true", []),
    ],
)
def test_what_apt_is_asked_for_is_there(text: str, info: list[str]) -> None:
    image = image_with(*(f"/var/lib/dpkg/info/{name}" for name in info))
    holds_of_debian(image, parse_dockerfile(text.encode()).final, ["python3.8", "python3-pip"])


@pytest.mark.parametrize(
    "info",
    [[], ["python3.8.list"], ["python3.8.list", "python3-pip.md5sums"], ["python3.8.list", "pip.list"]],
)
def test_what_apt_is_asked_for_never_came(info: list[str]) -> None:
    image = image_with(*(f"/var/lib/dpkg/info/{name}" for name in info))
    with pytest.raises(CheckFailed, match="line 3 asks for python3-pip"):
        holds_of_debian(image, parse_dockerfile(APT.encode()).final, ["python3-pip", "python3.8"])


BY_APT = "FROM ubuntu:20.04\nRUN apt-get update && apt-get install -y python3.8 gcc"


@pytest.mark.parametrize(
    ("text", "info"),
    [
        (BY_APT, ["python3.8.list"]),
        (f"{BY_APT} && apt-get purge -y gcc", ["python3.8:amd64.list"]),
        ("FROM python:3.8\nRUN apt-get install -y gcc && make && apt-get autoremove -y gcc", []),
        ("FROM ubuntu:20.04\nRUN apt-get install -y 'python3*'", ["python3.8.list"]),
        ("FROM ubuntu:20.04\nRUN apt-get install -y ./mine.deb", []),
        ("FROM ubuntu:20.04\nRUN apt-get install -y $(cat list)", []),
        ("FROM ubuntu:20.04\nRUN apt-get upgrade -y", []),
        ("FROM python:3.8\nRUN true", []),
    ],
)
def test_apt_has_run(text: str, info: list[str]) -> None:
    image = image_with(*(f"/var/lib/dpkg/info/{name}" for name in info))
    apt_has_run(image, parse_dockerfile(text.encode()).final)


@pytest.mark.parametrize(
    "text",
    [
        BY_APT,
        "FROM ubuntu:20.04\nRUN ln -sf /bin/true /usr/bin/apt-get\nRUN apt-get install -y python3.8",
        "FROM ubuntu:20.04\nRUN PATH=/fake:$PATH apt-get install -y python3.8",
    ],
)
def test_another_program_is_called_apt(text: str) -> None:
    with pytest.raises(CheckFailed, match="dpkg knows nothing of that"):
        apt_has_run(image_with("/usr/bin/python3.8"), parse_dockerfile(text.encode()).final)
